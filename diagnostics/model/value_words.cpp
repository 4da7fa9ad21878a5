// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/model/value_words.h"

#include <array>
#include <string_view>
#include <utility>

namespace medic {

namespace {

struct Word {
    std::string_view parameter, value, en, zh;
};

/// Whole values. DNS codes, backends' names and what a tool said are nobody's to translate.
constexpr std::array words {
    Word {"direction", "ingress", "ingress", "入向"},
    Word {"direction", "egress", "egress", "出向"},
    Word {"how", "timeout", "timeout", "超时"},
    Word {"how", "refused", "refused", "连接被拒"},
    Word {"how", "unreachable", "unreachable", "不可达"},
    Word {"how", "unexpected-source", "unexpected source", "应答来源不符"},
    Word {"how", "error", "error", "出错"},
    Word {"how", "NODATA", "no address", "没有地址记录"},
    Word {"how", "i/o timeout", "i/o timeout", "超时"},
    Word {"how", "connection refused", "connection refused", "连接被拒"},
    Word {"how", "no such host", "no such host", "域名不存在"},
    Word {"how", "absent", "absent", "不存在"},
    Word {"how", "empty", "empty", "空文件"},
    Word {"how", "no type=bandwidth", "no type=bandwidth", "没有 type=bandwidth"},
    Word {"how", "inside k3s, RKE2 or MicroK8s", "inside k3s, RKE2 or MicroK8s", "内嵌在 k3s、RKE2 或 MicroK8s 中"},
    Word {"backend", "default", "default", "默认"},
    Word {"reason", "not asked", "not asked", "未查询"},
    Word {"winner", "?", "?", "未知"},
};

/// Composed by the checks: what stands between the words is a name or a number.
struct Phrase {
    std::string_view before, after, zhBefore, zhAfter;
};
constexpr std::array phrases {
    Phrase {"no ", " process, nothing answers on 10256", "没有 ", " 进程，10256 端口无应答"},
    Phrase {"no ", " process", "没有 ", " 进程"},
    Phrase {":10256 answers ", "", "10256 端口返回 ", ""},
    Phrase {"unit ", ": failed", "单元 ", "：failed（失败）"},
    Phrase {"unit ", ": inactive", "单元 ", "：inactive（未运行）"},
};

} // namespace

std::string valueIn(const std::string& parameter, const std::string& value, Language language)
{
    for (const Word& word : words)
        if (word.parameter == parameter && word.value == value)
            return std::string(language == Language::Chinese ? word.zh : word.en);
    if (parameter != "how" || language != Language::Chinese)
        return value;
    for (const Phrase& phrase : phrases) {
        const std::string_view all = value;
        if (all.size() > phrase.before.size() + phrase.after.size() && all.starts_with(phrase.before) && all.ends_with(phrase.after))
            return std::string(phrase.zhBefore) + std::string(all.substr(phrase.before.size(), all.size() - phrase.before.size() - phrase.after.size()))
                + std::string(phrase.zhAfter);
    }
    return value;
}

std::string fill(const Text& text, const Parameters& parameters, Language language)
{
    Parameters shown;
    for (const auto& [name, value] : parameters)
        shown.emplace(name, valueIn(name, value, language));
    return fill(text.in(language), shown);
}

} // namespace medic
