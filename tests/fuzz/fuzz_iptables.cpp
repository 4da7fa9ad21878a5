// SPDX-License-Identifier: GPL-3.0-or-later
// iptables-save of any version, backend and author, and the lists that its rules refer to.
// seeds: ../shared/dumps tests/data/netfilter tests/fuzz/seeds/iptables
#include "diagnostics/parse/iptables_recent.h"
#include "diagnostics/parse/iptables_save.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size)
{
    using namespace medic;
    const auto text = std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
    for (const IpFamily family : {IpFamily::V4, IpFamily::V6})
        if (const auto save = iptables::IptablesSave::parse(text, family, "iptables-save.txt"))
            for (const auto& table : (*save)->tables())
                for (const auto& chain : table.chains)
                    for (const auto& rule : chain.rules)
                        if (rule.text.data() < text->data() || rule.text.data() + rule.text.size() > text->data() + text->size())
                            __builtin_trap(); // texts are parts of the dump
    (void)XtRecent::parse(*text);
    return 0;
}
