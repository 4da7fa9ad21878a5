// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/playbooks/safety.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <vector>

namespace medic::playbooks {

namespace {

bool nameByte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Calls `found(begin, end, name, quoted)` for each {name}; `quoted`: inside '…', "…" or `…`.
template<typename Found>
void eachPlaceholder(std::string_view text, Found found)
{
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\\' && quote != '\'') {
            ++at;
            continue;
        }
        if (quote == 0 && (c == '\'' || c == '"' || c == '`'))
            quote = c;
        else if (quote == c && quote != 0)
            quote = 0;
        if (c != '{' || (at > 0 && text[at - 1] == '$')) // ${variable} is the shell's own
            continue;
        std::size_t end = at + 1;
        while (end < text.size() && nameByte(text[end]))
            ++end;
        if (end == at + 1 || end >= text.size() || text[end] != '}')
            continue;
        found(at, end + 1, std::string(text.substr(at + 1, end - at - 1)), quote != 0);
    }
}

/// The simple commands of a script: split at newlines, ; | & and parentheses outside quotes; quotes are taken off.
std::vector<std::vector<std::string>> simpleCommands(std::string_view script)
{
    std::vector<std::vector<std::string>> commands(1);
    std::string word;
    bool inWord = false;
    char quote = 0;
    const auto endWord = [&] {
        if (inWord)
            commands.back().push_back(word);
        word.clear();
        inWord = false;
    };
    for (std::size_t at = 0; at < script.size(); ++at) {
        const char c = script[at];
        if (quote != 0) {
            if (c == quote)
                quote = 0;
            else
                word += c;
            continue;
        }
        if (c == '\'' || c == '"') {
            quote = c;
            inWord = true;
        } else if (c == '\\' && at + 1 < script.size()) {
            ++at;
            if (script[at] != '\n') {
                word += script[at];
                inWord = true;
            }
        } else if (c == ' ' || c == '\t') {
            endWord();
        } else if (c == '\n' || c == ';' || c == '|' || c == '&' || c == '(' || c == ')' || c == '`') {
            endWord();
            if (!commands.back().empty())
                commands.emplace_back();
        } else {
            word += c;
            inWord = true;
        }
    }
    endWord();
    return commands;
}

bool isOption(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

bool hasShort(const std::string& word, char letter)
{
    return word.size() > 1 && word[0] == '-' && word[1] != '-' && word.find(letter) != std::string::npos;
}

/// An absolute path that names something in particular: three parts at least, none of them open ($, *, .., empty).
bool scopedPath(const std::string& path)
{
    if (path.empty() || path[0] != '/' || path.find('$') != std::string::npos)
        return false;
    int parts = 0;
    std::stringstream stream(path);
    std::string part;
    while (std::getline(stream, part, '/')) {
        if (part.empty() || part == ".")
            continue;
        if (part == ".." || (parts < 3 && part.find_first_of("*?[") != std::string::npos))
            return false;
        ++parts;
    }
    return parts >= 3;
}

std::string programOf(const std::string& word)
{
    const std::size_t slash = word.rfind('/');
    return slash == std::string::npos ? word : word.substr(slash + 1);
}

/// The words after sudo, timeout N, nsenter …, env and VAR=value: the command proper.
std::vector<std::string> proper(std::vector<std::string> words)
{
    static const std::vector<std::string> wrappers {"sudo", "nice", "ionice", "env", "exec", "time", "nohup", "command", "xargs", "then",
                                                    "do",   "else", "if",     "while", "!", "{"};
    while (!words.empty()) {
        const std::string name = programOf(words.front());
        const bool assignment = words.front().find('=') != std::string::npos && nameByte(words.front()[0]);
        if (name == "timeout" && words.size() > 2) {
            words.erase(words.begin());
            while (!words.empty() && isOption(words.front()))
                words.erase(words.begin());
            if (!words.empty())
                words.erase(words.begin());
        } else if (assignment || std::find(wrappers.begin(), wrappers.end(), name) != wrappers.end()) {
            words.erase(words.begin());
            while (words.size() > 1 && isOption(words.front()))
                words.erase(words.begin());
        } else {
            break;
        }
    }
    return words;
}

bool any(const std::vector<std::string>& words, const std::vector<std::string>& wanted)
{
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& w) { return std::find(wanted.begin(), wanted.end(), w) != wanted.end(); });
}

std::optional<std::string> forbiddenWords(const std::vector<std::string>& raw)
{
    const std::vector<std::string> words = proper(raw);
    if (words.empty())
        return std::nullopt;
    const std::string program = programOf(words.front());
    if (any({program}, {"sh", "bash", "dash", "ash", "ksh", "zsh", "su"})) {
        for (std::size_t i = 1; i + 1 < words.size(); ++i)
            if (hasShort(words[i], 'c'))
                return forbiddenBecause(words[i + 1]);
    }
    // These run another command that stands somewhere among their words.
    if (any({program}, {"nsenter", "chroot", "ip", "ssh", "unshare", "watch", "setsid", "systemd-run"}) || any(words, {"exec"})) {
        for (std::size_t i = 1; i < words.size(); ++i)
            if (auto why = forbiddenWords({words.begin() + static_cast<std::ptrdiff_t>(i), words.end()}))
                return why;
    }
    if (any(words, {"--cleanup", "--cleanup-ipvs"}))
        return "--cleanup takes away every rule at once";
    if (any(words, {"prune"})
        && std::any_of(words.begin(), words.end(), [](const std::string& w) { return w == "--all" || w == "--volumes" || hasShort(w, 'a'); }))
        return "prune with -a or --all removes images that stopped containers need";
    if (program == "crictl" && any(words, {"rmi"}) && any(words, {"--prune", "-a", "--all"}))
        return "crictl rmi --prune removes images that static Pods need";
    if (program.starts_with("iptables") || program.starts_with("ip6tables")) {
        if (any(words, {"-F", "--flush", "-X", "--delete-chain", "-Z", "-P", "--policy"}))
            return program + " must not flush, delete chains or change a policy";
    }
    if ((program == "nft" && any(words, {"flush"})) || (program == "ipvsadm" && any(words, {"-C", "--clear"}))
        || (program == "ipset" && any(words, {"flush", "destroy", "-F", "-X"})) || (program == "conntrack" && any(words, {"-F", "--flush"})))
        return program + " must not flush everything";
    if (program == "rm" || program == "shred" || program == "unlink") {
        bool some = false;
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (isOption(words[i]))
                continue;
            some = true;
            if (!scopedPath(words[i]))
                return program + " needs a full path of at least three parts without an open pattern, not '" + words[i] + "'";
        }
        if (!some)
            return program + " without a path";
    }
    if (program == "find" && any(words, {"-delete", "-exec", "-execdir"})
        && (words.size() < 2 || !scopedPath(words[1] + "/x") || !any(words, {"-xdev", "-mount"})))
        return "find that changes something needs a scoped path and -xdev";
    if (program == "kubectl" && any(words, {"delete", "drain", "cordon", "annotate", "label", "patch", "scale"})
        && any(words, {"--all", "-A", "--all-namespaces"}))
        return "kubectl must name what it changes";
    if (program == "kubectl" && any(words, {"delete"}) && any(words, {"ns", "namespace", "namespaces", "node", "nodes", "pv", "pvc", "crd"}))
        return "kubectl delete of whole namespaces, nodes or volumes is not a wizard's business";
    if (program.starts_with("mkfs") || program == "wipefs" || program == "fdisk" || program == "parted" || program == "dd"
        || program == "killall" || program == "pkill")
        return program + " has no scope";
    if (program == "eval" || program == "source")
        return program + " hides what is run";
    return std::nullopt;
}

} // namespace

std::string shellQuoted(std::string_view value)
{
    const bool harmless = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
        return nameByte(c) || c == '.' || c == '/' || c == ':' || c == ',' || c == '@' || c == '%' || c == '+';
    });
    if (harmless)
        return std::string(value);
    std::string result = "'";
    for (const char c : value) {
        if (c == '\'')
            result += "'\\''";
        else
            result += c;
    }
    return result + "'";
}

Result<std::string> fillCommand(const std::string& templateText, const Parameters& parameters)
{
    std::string result;
    std::size_t from = 0;
    std::optional<Error> problem;
    eachPlaceholder(templateText, [&](std::size_t begin, std::size_t end, const std::string& name, bool) {
        if (problem)
            return;
        const auto found = parameters.find(name);
        if (found == parameters.end()) {
            problem = Error {ErrorCode::MissingValue, name, "no value for {" + name + "}", 0};
            return;
        }
        const std::string& value = found->second;
        const bool control = std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
        if (value.empty() || value.front() == '-' || control || value.size() > 1000) {
            problem = Error {ErrorCode::BadValue, name, "the value of {" + name + "} is not fit for a command", 0};
            return;
        }
        result += templateText.substr(from, begin - from);
        result += shellQuoted(value);
        from = end;
    });
    if (problem)
        return tl::unexpected(*problem);
    return result + templateText.substr(from);
}

std::set<std::string> placeholdersOf(std::string_view text)
{
    std::set<std::string> names;
    eachPlaceholder(text, [&](std::size_t, std::size_t, const std::string& name, bool) { names.insert(name); });
    return names;
}

std::optional<std::string> forbiddenBecause(std::string_view command)
{
    std::optional<std::string> why;
    eachPlaceholder(command, [&](std::size_t, std::size_t, const std::string& name, bool quoted) {
        if (quoted)
            why = "{" + name + "} stands inside quotes: parameters are quoted by the program";
    });
    if (why)
        return why;
    if (command.find("<<") != std::string_view::npos)
        return "a here-document: parameters inside it would not be quoted";
    if (command.find("\xe3\x80") != std::string_view::npos || command.find("\xef\xbc") != std::string_view::npos)
        return "full-width punctuation in a command";
    const std::string text(command);
    static const std::regex intoProgram(R"(>\s*"?'?/(usr/|usr/local/|opt/cni/)?s?bin/|tee\s+(-\S+\s+)*/(usr/|usr/local/)?s?bin/)");
    if (std::regex_search(text, intoProgram))
        return "a redirect into a program";
    static const std::regex intoDevice(R"(>\s*/dev/(sd|nvme|vd|xvd|mapper|dm-))");
    if (std::regex_search(text, intoDevice))
        return "a redirect into a disk";
    static const std::regex download(R"((curl|wget)[^|\n]*\|\s*(sudo\s+)?(ba|da|z)?sh\b)");
    if (std::regex_search(text, download))
        return "a download that is run unseen";
    for (const auto& words : simpleCommands(command))
        if (auto because = forbiddenWords(words))
            return because;
    return std::nullopt;
}

Risk leastRisk(std::string_view command)
{
    Risk least = Risk::Low;
    const auto atLeast = [&](Risk risk) { least = std::max(least, risk); };
    for (const auto& raw : simpleCommands(command)) {
        const std::vector<std::string> words = proper(raw);
        if (words.empty())
            continue;
        const std::string program = programOf(words.front());
        if (program == "reboot" || program == "shutdown" || program == "poweroff" || program == "halt")
            atLeast(Risk::High);
        if (program == "systemctl" && any(words, {"reboot", "poweroff", "halt", "kexec", "isolate"}))
            atLeast(Risk::High);
        if (program == "systemctl" && any(words, {"restart", "stop"}) && any(words, {"docker", "docker.service", "etcd", "etcd.service"}))
            atLeast(Risk::High);
        if (program == "kubectl" && any(words, {"drain"}))
            atLeast(Risk::High);
        if (program == "kubectl" && any(words, {"delete"}))
            atLeast(Risk::Medium);
        if (program == "rm" || program == "kill" || any(words, {"prune"}))
            atLeast(Risk::Medium);
        if (program == "etcdctl" && any(words, {"defrag", "compact", "compaction"}))
            atLeast(Risk::High);
    }
    return least;
}

} // namespace medic::playbooks
