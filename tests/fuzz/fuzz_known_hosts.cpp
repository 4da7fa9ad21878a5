// SPDX-License-Identifier: GPL-3.0-or-later
// A known_hosts file: a line that cannot be read is skipped, and never makes an unknown key a known one.
#include "diagnostics/transport/known_hosts.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic;
    KnownHosts known;
    known.parse(std::string_view(reinterpret_cast<const char*>(data), size), "known_hosts");
    const HostKey stranger {"ssh-ed25519", std::string("\0\0\0\x0bssh-ed25519\0\0\0\x20 a key that no input can hold, 32..", 51)};
    for (const char* const name : {"node-1", "[node-1]:2222", "10.0.0.1"}) {
        (void)known.check(name, stranger);
        (void)known.algorithmsFor(name);
    }
    return 0;
}
