// SPDX-License-Identifier: GPL-3.0-or-later
// One pass over a text, replacing what must not leave the house. At each place the most specific reading wins.
#include "diagnostics/incident/redaction_private.h"
#include "diagnostics/incident/redaction_words.h"

#include <algorithm>

namespace medic::incident {

namespace {

constexpr std::size_t none = std::string_view::npos;

bool isHostCharacter(char c) { return isAlnum(c) || c == '-' || c == '.'; }
bool isTokenCharacter(char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.' || c == '~' || c == '+' || c == '/' || c == '='; }
bool isBase64(char c) { return isAlnum(c) || c == '+' || c == '/' || c == '='; }

std::string lowerWord(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) { return isLetter(c) ? static_cast<char>(c | 0x20) : c; });
    return result;
}

class Scanner {
public:
    Scanner(const Redactor::Private& redactor, std::string_view text) : d(redactor), m_text(text) { m_out.reserve(text.size() + text.size() / 8); }

    std::string run()
    {
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            const bool wordStarts = m_at == 0 || !isAlnum(m_text[m_at - 1]);
            const bool done = (c == '-' && pem()) || (c == ':' && wordless(c) && url()) || (c == '/' && home())
                || (wordStarts && (isAlnum(c) || c == '_') && word())
                || (wordStarts && (isHex(c) || c == ':') && colons()) || (wordStarts && isDigit(c) && dotted());
            if (!done)
                m_out += m_text[m_at++];
        }
        return std::move(m_out);
    }

private:
    [[nodiscard]] std::string_view rest() const { return m_text.substr(m_at); }
    [[nodiscard]] char peek(std::size_t at) const { return at < m_text.size() ? m_text[at] : '\0'; }
    [[nodiscard]] bool wordless(char) const { return rest().starts_with("://"); }

    template<typename Is>
    [[nodiscard]] std::size_t endOf(std::size_t from, Is is) const
    {
        while (from < m_text.size() && is(m_text[from]))
            ++from;
        return from;
    }

    void replace(std::size_t end, const std::string& with)
    {
        m_out += with;
        m_at = end;
    }

    void keep(std::size_t end)
    {
        m_out += m_text.substr(m_at, end - m_at);
        m_at = end;
    }

    /// -----BEGIN …----- to -----END …-----, with real or escaped line ends, which are kept.
    bool pem()
    {
        if (!rest().starts_with("-----BEGIN "))
            return false;
        const std::size_t head = m_text.find("-----", m_at + 11);
        if (head == none || head - m_at > 80)
            return false;
        keep(head + 5);
        while (m_at < m_text.size() && !rest().starts_with("-----END")) {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size())
                keep(m_at + 2);
            else if (isBase64(m_text[m_at]))
                replace(endOf(m_at, isBase64), "redacted");
            else if (m_text[m_at] == '"' || (unsigned(m_text[m_at]) < 0x20 && !isSpace(m_text[m_at])))
                return true; // it was cut off
            else
                keep(m_at + 1);
        }
        if (m_at < m_text.size())
            keep(std::min(m_text.size(), m_at + 8));
        return true;
    }

    /// At "://": user and password, then the host.
    bool url()
    {
        if (m_at == 0 || !isAlnum(m_text[m_at - 1]))
            return false;
        keep(m_at + 3);
        const std::size_t end = endOf(m_at, [](char c) {
            return !isSpace(c) && c != '/' && c != '"' && c != '\'' && c != '\\' && c != '<' && c != '>' && c != '?' && c != '#' && c != ')' && c != ',';
        });
        const std::size_t at = m_text.substr(m_at, end - m_at).rfind('@');
        if (at != none) {
            const std::string_view info = m_text.substr(m_at, at);
            const std::size_t colon = info.find(':');
            const std::string user(info.substr(0, colon));
            m_out += genericName(user) ? user : d.userFor(user);
            if (colon != none)
                m_out += ":" + d.secretFor(info.substr(colon + 1));
            m_out += '@';
            m_at += at + 1;
        }
        const std::size_t host = endOf(m_at, isHostCharacter);
        const std::string name(m_text.substr(m_at, host - m_at));
        if (name.find('.') == none || !isLetter(name.back()) || addressBytes(name) || !nameHere().empty())
            return true; // an address, a version, a known name or a bare word: scanned as everywhere
        replace(host, d.foreignHost(name));
        return true;
    }

    bool home()
    {
        if (!rest().starts_with("/home/"))
            return false;
        const std::size_t end = endOf(m_at + 6, [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; });
        const std::string user(m_text.substr(m_at + 6, end - m_at - 6));
        keep(m_at + 6);
        if (!user.empty() && !genericName(user))
            replace(end, d.userFor(user));
        return true;
    }

    [[nodiscard]] std::string_view nameHere() const { return d.nameAt(m_text, m_at); }

    /// "registry.example.com" where only "registry.example" is known: another name, of whole labels, and no known one with
    /// something behind it. A file that is called after a domain ("db.corp.lan.key") is not meant.
    bool longerName(const std::string& known)
    {
        const std::size_t behind = m_at + known.size();
        if (known.find('.') == none || peek(behind) != '.' || !isLetter(peek(behind + 1)))
            return false;
        const std::size_t end = endOf(m_at, isHostCharacter);
        std::string host(m_text.substr(m_at, end - m_at));
        while (!host.empty() && !isAlnum(host.back()))
            host.pop_back();
        static constexpr std::string_view files[] = {"conf", "cfg", "crt", "cer", "csr", "key", "pem", "p12", "yaml", "yml", "json", "log", "txt", "db", "zone", "jnl", "gz", "tgz", "tar", "zip",
                                                     "bak", "sock", "pid", "service", "socket", "target", "mount", "timer", "svc"};
        const std::string last = host.substr(host.rfind('.') + 1);
        if (host.size() <= known.size() || std::find(std::begin(files), std::end(files), last) != std::end(files))
            return false;
        if (!publicDomain(host)) {
            replace(m_at + host.size(), d.foreignHost(host));
            return true;
        }
        // Everybody's domain stays; a host's own name in front of it does not.
        const std::string label = host.substr(0, host.find('.'));
        if (const auto found = d.names.find(label); found != d.names.end()) {
            replace(m_at + label.size(), d.noted(label, found->second));
            keep(m_at + host.size() - label.size());
        } else {
            keep(m_at + host.size());
        }
        return true;
    }

    /// What begins with a letter, a digit or an underscore.
    bool word()
    {
        if (isLetter(m_text[m_at]) && (token() || bearer()))
            return true;
        if (secret() || mail())
            return true;
        if (const std::string_view name = nameHere(); !name.empty()) {
            const std::string known(name);
            if (longerName(known))
                return true;
            replace(m_at + name.size(), d.noted(std::string(m_text.substr(m_at, name.size())), d.names.at(known)));
            return true;
        }
        return inside();
    }

    /// A token that is one by its look: JWT, base64 of a PEM, cloud and forge tokens, kubeadm's.
    bool token()
    {
        const std::size_t end = endOf(m_at, isTokenCharacter);
        const std::string_view run = m_text.substr(m_at, end - m_at);
        const bool jwt = run.starts_with("eyJ") && run.size() > 20 && std::count(run.begin(), run.end(), '.') == 2;
        const bool pem64 = run.starts_with("LS0tLS1CRUdJTi");
        if (!jwt && !pem64 && !issued(run))
            return false;
        replace(end, d.secretFor(run));
        return true;
    }

    /// The forms that clouds, forges and registries give to what they issue.
    static bool issued(std::string_view run)
    {
        static constexpr std::string_view prefixes[] = {"ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xapp-", "hvs.", "hvb.", "dckr_pat_",
                                                        "npm_", "pypi-", "sk-proj-", "sk-ant-", "sk_live_", "rk_live_", "ya29.", "SG."};
        const bool digits = std::any_of(run.begin(), run.end(), isDigit);
        const bool small = std::any_of(run.begin(), run.end(), [](char c) { return c >= 'a' && c <= 'z'; });
        const bool plain = std::all_of(run.begin(), run.end(), isAlnum);
        if (run.size() >= 20 && digits && std::any_of(std::begin(prefixes), std::end(prefixes), [run](std::string_view prefix) { return run.starts_with(prefix); }))
            return true;
        const bool aws = (run.starts_with("AKIA") || run.starts_with("ASIA")) && run.size() == 20 && !small && plain;
        const bool alibaba = run.starts_with("LTAI") && run.size() >= 16 && run.size() <= 30 && plain && digits;
        const bool tencent = run.starts_with("AKID") && run.size() >= 32 && run.size() <= 40 && plain && digits;
        return aws || alibaba || tencent || (run.starts_with("AIza") && run.size() == 39);
    }

    /// "Bearer …" and "Basic …" with something that can be one.
    bool bearer()
    {
        const std::string head = lowerWord(rest().substr(0, 7));
        const std::size_t length = head == "bearer " ? 7 : head.starts_with("basic ") ? 6 : 0;
        if (length == 0)
            return false;
        const std::size_t end = endOf(m_at + length, isTokenCharacter);
        const std::string_view value = m_text.substr(m_at + length, end - m_at - length);
        const bool mixed = std::any_of(value.begin(), value.end(), isDigit)
            || (std::any_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) && value.size() > 12);
        const std::string before = lowerWord(m_text.substr(m_at < 40 ? 0 : m_at - 40, std::min<std::size_t>(m_at, 40)));
        if (value.empty() || (before.find("authorization") == none && (value.size() < 16 || !mixed)))
            return false;
        keep(m_at + length);
        replace(end, d.secretFor(value));
        return true;
    }

    std::size_t skipQuote(std::size_t at) const
    {
        while (peek(at) == '\\')
            ++at;
        return peek(at) == '"' || peek(at) == '\'' ? at + 1 : none;
    }

    /// Where the text ends whose opening quote stands before `open`: in JSON within JSON quotes are escaped as often.
    std::size_t closingQuote(std::size_t open) const
    {
        const char quote = m_text[open - 1];
        const auto escapesBefore = [this](std::size_t at) {
            std::size_t count = 0;
            while (at > count && m_text[at - count - 1] == '\\')
                ++count;
            return count;
        };
        const std::size_t level = escapesBefore(open - 1);
        for (std::size_t at = open; at < m_text.size() && m_text[at] != '\n'; ++at) {
            if (m_text[at] != quote)
                continue;
            const std::size_t escapes = std::min(escapesBefore(at), at - open);
            if (level == 0 ? escapes % 2 == 0 : escapes <= level)
                return at - (level == 0 ? 0 : escapes);
        }
        return std::min(m_text.find('\n', open), m_text.size());
    }

    std::size_t skipBlanks(std::size_t at) const
    {
        return endOf(at, [](char c) { return c == ' ' || c == '\t'; });
    }

    /// key: value, "key": "value", --key value, KEY=value, {"name": "KEY", "value": "…"}.
    bool secret()
    {
        std::size_t end = endOf(m_at, [](char c) { return isAlnum(c) || c == '_' || c == '-'; });
        if (m_text.substr(end, 4) == ".key" && !isAlnum(peek(end + 4))) // tls.key, ca.key of a Secret
            end += 4;
        const std::string_view key = m_text.substr(m_at, end - m_at);
        if (shortPassword(key, end) || cookies(key, end))
            return true;
        if (!secretKey(key))
            return curlUser(key, end);
        const bool flag = m_at >= 2 && m_text[m_at - 1] == '-' && m_text[m_at - 2] == '-';
        std::size_t at = end;
        const std::size_t quoted = skipQuote(at);
        if (quoted != none)
            at = quoted;
        std::size_t value = skipBlanks(at);
        char separator = peek(value);
        if (separator == ':' || separator == '=') {
            value = skipBlanks(value + 1);
        } else if (flag && value > at && peek(value) != '-') {
            separator = ' ';
        } else if (quoted != none && separator == ',') { // "name":"DB_PASSWORD","value":"…"
            value = skipBlanks(value + 1);
            const std::size_t open = skipQuote(value);
            if (open == none || m_text.substr(open, 5) != "value")
                return curlUser(key, end);
            value = skipQuote(open + 5);
            if (value == none || peek(value = skipBlanks(value)) != ':')
                return false;
            value = skipBlanks(value + 1);
        } else {
            return curlUser(key, end);
        }
        std::size_t stop;
        if (const std::size_t open = skipQuote(value); open != none) {
            value = open;
            stop = closingQuote(open);
        } else if (separator == ':' && startsLine()) { // YAML: to the line's end, words and all
            stop = m_text.find('\n', value);
            stop = stop == none ? m_text.size() : stop;
            while (stop > value && (isSpace(m_text[stop - 1]) || m_text[stop - 1] == ','))
                --stop;
        } else {
            stop = endOf(value, [](char c) { return !isSpace(c) && c != ',' && c != ';' && c != '&' && c != '"' && c != '\'' && c != '}' && c != ']' && c != ')'; });
        }
        if (stop <= value || !secretValue(key, m_text.substr(value, stop - value)))
            return false;
        keep(value);
        replace(stop, d.secretFor(m_text.substr(value, stop - value)));
        return true;
    }

    /// `mysql -pPASSWORD`, `sshpass -p PASSWORD`, `redis-cli -a PASSWORD`: an option of one letter is a password for these only.
    bool shortPassword(std::string_view key, std::size_t end)
    {
        if (m_at < 2 || m_text[m_at - 1] != '-' || !(isSpace(m_text[m_at - 2]) || m_text[m_at - 2] == '\0') || key.empty() || (key[0] != 'p' && key[0] != 'a'))
            return false;
        const std::size_t line = m_text.rfind('\n', m_at) == none ? 0 : m_text.rfind('\n', m_at) + 1;
        const std::string before = lowerWord(m_text.substr(std::max(line, m_at < 200 ? 0 : m_at - 200), std::min<std::size_t>(m_at - line, 200)));
        const auto program = [&before](const char* name) { return before.find(name) != none; };
        std::size_t value = none;
        if (key[0] == 'p' && key.size() > 1 && (program("mysql") || program("mariadb")))
            value = m_at + 1;
        else if (key.size() == 1 && peek(end) == ' ' && ((key[0] == 'p' && program("sshpass")) || (key[0] == 'a' && program("redis-cli"))))
            value = end + 1;
        const std::size_t stop = value == none ? none : endOf(value, [](char c) { return !isSpace(c) && c != '"' && c != '\'' && c != '\0'; });
        if (value == none || stop == value)
            return false;
        keep(value);
        replace(stop, d.secretFor(m_text.substr(value, stop - value)));
        return true;
    }

    /// "Cookie: NAME=VALUE; NAME=VALUE"
    bool cookies(std::string_view key, std::size_t end)
    {
        const std::string name = lowerWord(key);
        if ((name != "cookie" && name != "set-cookie") || peek(end) != ':')
            return false;
        keep(end + 1);
        while (true) {
            const std::size_t equals = endOf(m_at, [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.' || c == ' ' || c == ';'; });
            if (peek(equals) != '=')
                return true;
            keep(equals + 1);
            const std::size_t stop = endOf(m_at, isTokenCharacter);
            if (stop - m_at >= 8)
                replace(stop, d.secretFor(m_text.substr(m_at, stop - m_at)));
            else
                keep(stop);
        }
    }

    /// `curl -u user:password`
    bool curlUser(std::string_view key, std::size_t end)
    {
        if (key != "u" && key != "user")
            return false;
        if (m_at == 0 || m_text[m_at - 1] != '-' || (peek(end) != ' ' && peek(end) != '='))
            return false;
        const std::size_t stop = endOf(end + 1, [](char c) { return !isSpace(c) && c != '"' && c != '\''; });
        const std::string_view both = m_text.substr(end + 1, stop - end - 1);
        const std::size_t colon = both.find(':');
        if (colon == none || colon == 0 || colon + 1 == both.size() || std::all_of(both.begin(), both.end(), [](char c) { return isDigit(c) || c == ':'; }))
            return false;
        const std::string user(both.substr(0, colon));
        if (both.front() == '[' || addressBytes(user))
            return false; // ipvsadm's -u: a UDP service
        keep(end + 1);
        replace(stop, (genericName(user) ? user : d.userFor(user)) + ":" + d.secretFor(both.substr(colon + 1)));
        return true;
    }

    [[nodiscard]] bool startsLine() const
    {
        std::size_t at = m_at;
        while (at > 0 && (m_text[at - 1] == ' ' || m_text[at - 1] == '-' || m_text[at - 1] == '\t'))
            --at;
        return at == 0 || m_text[at - 1] == '\n';
    }

    /// user@host, of SSH and of mail.
    bool mail()
    {
        const std::size_t end = endOf(m_at, [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.' || c == '+'; });
        if (peek(end) != '@' || end == m_at)
            return false;
        const std::size_t hostEnd = endOf(end + 1, isHostCharacter);
        std::string host(m_text.substr(end + 1, hostEnd - end - 1));
        while (!host.empty() && (host.back() == '.' || host.back() == '-'))
            host.pop_back();
        const std::string user(m_text.substr(m_at, end - m_at));
        static constexpr std::string_view units[] = {".service", ".socket", ".target", ".mount", ".slice", ".timer", ".device", ".scope", ".path"};
        const bool unit = std::any_of(std::begin(units), std::end(units), [&](std::string_view ending) { return host.ends_with(ending); });
        const bool address = addressBytes(host).has_value() || peek(end + 1) == '[';
        const bool known = !host.empty() && !d.nameAt(m_text, end + 1).empty();
        const bool domain = host.find('.') != none && !unit && !publicDomain(host) && isLetter(host.back());
        if (!address && !known && !domain)
            return false;
        replace(end, genericName(user) ? user : d.userFor(user));
        keep(end + 1);
        if (domain && !known && !address)
            replace(m_at + host.size(), d.foreignHost(host));
        return true;
    }

    /// A domain that only exists inside a house, wherever it stands.
    bool inside()
    {
        if (!isLetter(m_text[m_at]))
            return false;
        const std::size_t end = endOf(m_at, isHostCharacter);
        std::string host(m_text.substr(m_at, end - m_at));
        while (!host.empty() && !isAlnum(host.back()))
            host.pop_back();
        const auto dots = std::count(host.begin(), host.end(), '.');
        if (dots == 0 || host != lowerWord(host) || (dots == 1 && host.ends_with(".local")) || (m_at > 0 && m_text[m_at - 1] == '.') || !privateDomain(host)
            || host.find("..") != none)
            return false;
        // Known names and addresses in its first labels have been, or will be, replaced by themselves.
        replace(m_at + host.size(), d.foreignHost(host));
        return true;
    }

    /// A MAC or an IPv6 address.
    bool colons()
    {
        if (m_at > 0 && (m_text[m_at - 1] == ':' || m_text[m_at - 1] == '_'))
            return false;
        std::size_t end = endOf(m_at, [](char c) { return isHex(c) || c == ':' || c == '.'; });
        if (mac(end))
            return true;
        if (peek(end) != '\0' && (isAlnum(m_text[end]) || m_text[end] == '_'))
            return false;
        while (end > m_at && (m_text[end - 1] == '.' || (m_text[end - 1] == ':' && !(end - m_at >= 2 && m_text[end - 2] == ':'))))
            --end;
        const std::string run(m_text.substr(m_at, end - m_at));
        if (std::count(run.begin(), run.end(), ':') < 2)
            return false;
        const auto mapped = mappedWithLength(run, end);
        if (!mapped) {
            keep(end); // a time, a fingerprint …: nothing inside it is anything else
            return true;
        }
        replace(end, d.noted(run, *mapped));
        return true;
    }

    bool mac(std::size_t runEnd)
    {
        if (!isHex(m_text[m_at]))
            return false;
        std::size_t end = m_at, groups = 0;
        bool letters = false;
        const char separator = peek(m_at + 2);
        if (separator != ':' && separator != '-')
            return false;
        while (end + 1 < m_text.size() && isHex(m_text[end]) && isHex(m_text[end + 1]) && !isAlnum(peek(end + 2))) {
            letters = letters || isLetter(m_text[end]) || isLetter(m_text[end + 1]);
            ++groups;
            end += 2;
            if (peek(end) != separator || !isHex(peek(end + 1)))
                break;
            ++end;
        }
        if (separator == ':' && end != runEnd && peek(end) == ':')
            return false;
        if (isAlnum(peek(end)) || (separator == '-' && (!letters || peek(end) == '-')))
            return false;
        if (groups == 14 && separator == ':') { // the LOG target: destination, source, type (net/ipv4/netfilter/nf_log_ipv4.c)
            const std::string both(m_text.substr(m_at, end - m_at));
            replace(end, d.macFor(both.substr(0, 17)) + ":" + d.macFor(both.substr(18, 17)) + both.substr(35));
            return true;
        }
        if (groups != 6 && groups != 8 && groups != 20)
            return false;
        replace(end, d.macFor(std::string(m_text.substr(m_at, end - m_at))));
        return true;
    }

    /// The stand-in of the address `run`, which ends at `end`; as a network where its length follows.
    std::optional<std::string> mappedWithLength(const std::string& run, std::size_t end) const
    {
        std::size_t at = end;
        if (peek(at) == '/') {
            ++at;
        } else { // nft -j: {"addr": "10.0.0.0", "len": 8}
            at = skipQuote(at);
            if (at == none || peek(at = skipBlanks(at)) != ',')
                return d.addresses.map(run);
            at = skipQuote(skipBlanks(at + 1));
            if (at == none || m_text.substr(at, 3) != "len")
                return d.addresses.map(run);
            at = skipQuote(at + 3);
            if (at == none || peek(at = skipBlanks(at)) != ':')
                return d.addresses.map(run);
            at = skipBlanks(at + 1);
        }
        const std::size_t stop = endOf(at, [](char c) { return isDigit(c) || c == '.'; });
        const std::string length(m_text.substr(at, stop - at));
        if (length.find('.') != none) { // a netmask
            const auto mask = addressBytes(length);
            if (!mask || mask->size() != 4)
                return d.addresses.map(run);
            int bits = 0;
            while (bits < 32 && ((*mask)[static_cast<std::size_t>(bits / 8)] >> (7 - bits % 8) & 1) != 0)
                ++bits;
            return d.addresses.mapNetwork(run, bits);
        }
        if (length.empty() || length.size() > 3)
            return d.addresses.map(run);
        return d.addresses.mapNetwork(run, std::stoi(length));
    }

    [[nodiscard]] std::size_t dottedEnd(std::size_t from) const
    {
        std::size_t end = endOf(from, [](char c) { return isDigit(c) || c == '.'; });
        while (end > from && m_text[end - 1] == '.')
            --end;
        return end;
    }

    /// "… version 1.20.2.1", "v: 1.2.3.4"
    [[nodiscard]] bool afterVersion() const
    {
        std::size_t at = m_at;
        while (at > 0 && m_at - at < 5 && (isSpace(m_text[at - 1]) || m_text[at - 1] == ':' || m_text[at - 1] == '=' || m_text[at - 1] == '"' || m_text[at - 1] == '\\' || m_text[at - 1] == '\''))
            --at;
        std::size_t from = at;
        while (from > 0 && isLetter(m_text[from - 1]))
            --from;
        const std::string before = lowerWord(m_text.substr(from, at - from));
        return before.ends_with("version") || before == "ver" || before == "v" || before == "release" || before == "revision" || before == "build";
    }

    bool dotted()
    {
        if (dashed())
            return true;
        const std::size_t end = dottedEnd(m_at);
        const std::string run(m_text.substr(m_at, end - m_at));
        const auto bytes = addressBytes(run);
        if (!bytes || isAlnum(peek(end)) || peek(end) == '_' || (m_at > 0 && m_text[m_at - 1] == '.')) {
            keep(std::max(end, m_at + 1));
            return true;
        }
        if (m_text.substr(end, 13) == ".in-addr.arpa") {
            const auto reversed = [](const std::string& text) {
                auto parts = addressBytes(text).value_or(std::vector<unsigned char>(4));
                return std::to_string(parts[3]) + "." + std::to_string(parts[2]) + "." + std::to_string(parts[1]) + "." + std::to_string(parts[0]);
            };
            replace(end, reversed(*d.addresses.map(reversed(run))));
            return true;
        }
        const char next = peek(end), before = m_at > 0 ? m_text[m_at - 1] : ' ';
        const std::size_t second = end + 1, secondEnd = next == '-' ? dottedEnd(second) : end;
        const std::string other = next == '-' ? std::string(m_text.substr(second, secondEnd - second)) : std::string();
        const bool range = addressBytes(other).has_value();
        const bool known = d.knownAddresses.contains(run);
        const bool weak = before == '-' || before == '_' || next == '~' || next == '+' || (next == '-' && !range);
        if (!known && (afterVersion() || (weak && !privateIpv4(*bytes)))) {
            keep(end);
            return true;
        }
        if (range) { // flipped bits may turn the order
            std::string low = *d.addresses.map(run), high = *d.addresses.map(other);
            if (*addressBytes(high) < *addressBytes(low))
                std::swap(low, high);
            replace(secondEnd, low + "-" + high);
            return true;
        }
        replace(end, d.noted(run, *mappedWithLength(run, end)));
        return true;
    }

    /// ip-10-0-1-5, 10-244-1-5.default.pod
    bool dashed()
    {
        const std::size_t end = endOf(m_at, [](char c) { return isDigit(c) || c == '-'; });
        std::string run(m_text.substr(m_at, end - m_at));
        if (std::count(run.begin(), run.end(), '-') != 3)
            return false;
        const bool prefixed = m_at >= 3 && m_text.substr(m_at - 3, 3) == "ip-";
        if (!prefixed && !(peek(end) == '.' && isLetter(peek(end + 1))))
            return false;
        std::replace(run.begin(), run.end(), '-', '.');
        const auto bytes = addressBytes(run);
        if (!bytes || (!prefixed && !privateIpv4(*bytes)))
            return false;
        std::string mapped = d.noted(run, *d.addresses.map(run));
        std::replace(mapped.begin(), mapped.end(), '.', '-');
        replace(end, mapped);
        return true;
    }

    const Redactor::Private& d;
    const std::string_view m_text;
    std::string m_out;
    std::size_t m_at = 0;
};

} // namespace

std::string scanned(const Redactor::Private& redactor, std::string_view text) { return Scanner(redactor, text).run(); }

} // namespace medic::incident
