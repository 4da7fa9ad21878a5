# SPDX-License-Identifier: GPL-3.0-or-later
# One INTERFACE target carries every flag; every target of the project links it.
include(CheckLinkerFlag)
add_library(medic_flags INTERFACE)
target_compile_features(medic_flags INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_compile_options(medic_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wundef
  -Wno-missing-field-initializers # designated initialisers name what they set
  $<$<BOOL:${MEDIC_WERROR}>:-Werror>)
target_include_directories(medic_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(medic_flags INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH QT_NO_KEYWORDS
  $<$<CONFIG:Release>:QT_NO_DEBUG_OUTPUT>)
if(MEDIC_SANITIZE)
  target_compile_options(medic_flags INTERFACE -fsanitize=${MEDIC_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(medic_flags INTERFACE -fsanitize=${MEDIC_SANITIZE})
  # GCC 12 sees uninitialised members inside std::regex when it also instruments (gcc.gnu.org/bugzilla, 105562).
  target_compile_options(medic_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
# A fast linker where there is one: a hundred test programs are linked in a build.
foreach(linker mold lld)
  check_linker_flag(CXX -fuse-ld=${linker} MEDIC_HAVE_LD_${linker})
  if(MEDIC_HAVE_LD_${linker})
    target_link_options(medic_flags INTERFACE -fuse-ld=${linker})
    break()
  endif()
endforeach()

# What nearly every file includes, read once. Only for builds from nothing (./dev test in CI): an everyday build lives from
# ccache, which precompiled headers defeat.
option(MEDIC_PCH "Precompile the headers of the libraries that are used everywhere" OFF)
function(medic_precompile target)
  if(MEDIC_PCH)
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()
set(medic_std_headers <algorithm> <array> <charconv> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <set>
  <span> <sstream> <string> <string_view> <unordered_map> <variant> <vector>)
