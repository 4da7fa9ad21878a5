# SPDX-License-Identifier: GPL-3.0-or-later
# Targets that are more than one test program each.

# Simulated nodes: a light SSH server with latency and faults (tests/fakes/sim_ssh_server.h), and as a program.
add_library(medic_sim STATIC fakes/sim_ssh_server.cpp fakes/sim_ssh_server.h)
target_link_libraries(medic_sim PUBLIC medic_flags PRIVATE ssh Threads::Threads)
add_executable(medic_sim_nodes fakes/sim_nodes.cpp)
target_link_libraries(medic_sim_nodes PRIVATE medic_sim)
foreach(target transport_tst_ssh_sim collect_tst_sweep collect_tst_many_nodes)
  if(TARGET ${target})
    target_link_libraries(${target} PRIVATE medic_sim)
  endif()
endforeach()

# What is driven as a program must be there.
file(GLOB e2e CONFIGURE_DEPENDS e2e/tst_*.cpp)
foreach(source ${e2e})
  get_filename_component(name ${source} NAME_WE)
  add_dependencies(e2e_${name} medicctl)
  if(TARGET cluster-medic AND name MATCHES "^tst_case_") # it draws the reports
    add_dependencies(e2e_${name} cluster-medic)
  endif()
endforeach()

# The client that ./dev bench measures against clush, parallel-ssh and ansible.
add_executable(bench_ssh bench/bench_ssh.cpp)
target_link_libraries(bench_ssh PRIVATE medic_engine)

# What tests/bench/rules.sh measures beside iptables-legacy-restore.
add_executable(bench_rules bench/bench_rules.cpp)
target_link_libraries(bench_rules PRIVATE medic_core)

# The window on many simulated nodes, for tests/bench/window.sh.
if(MEDIC_GUI)
  add_executable(bench_window bench/bench_window.cpp)
  set_target_properties(bench_window PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(bench_window PRIVATE medic_widgets medic_sim)
endif()

# What tests/bench/chains.sh measures: a big node's rules in the chain view.
if(MEDIC_GUI)
  add_executable(bench_chains EXCLUDE_FROM_ALL bench/bench_chains.cpp)
  target_link_libraries(bench_chains PRIVATE medic_widgets)
endif()

# The real cluster is one at a time, and PLEG takes minutes (both skip without MEDIC_REAL_CLUSTER).
foreach(test e2e.tst_real_cluster window.tst_real_window)
  if(TEST ${test})
    set_tests_properties(${test} PROPERTIES TIMEOUT 3600 RESOURCE_LOCK real-cluster
      ENVIRONMENT_MODIFICATION "QTEST_FUNCTION_TIMEOUT=set:2147483647")
  endif()
endforeach()
