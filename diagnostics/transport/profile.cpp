// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/profile.h"

#include "diagnostics/model/resources.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

namespace medic {

namespace {

using Json = nlohmann::json;
constexpr int profileVersion = 1;

/// Reads the keys of one JSON object, remembering the first thing that is wrong with it.
class Reader final {
public:
    Reader(const Json& object, std::string where, std::string path) : m_object(object), m_where(std::move(where)), m_path(std::move(path)) { }

    void text(const char* key, std::string& out)
    {
        with(key, "a string", [](const Json& value) { return value.is_string(); }, [&](const Json& value) { out = value.get<std::string>(); });
    }
    void flag(const char* key, bool& out)
    {
        with(key, "true or false", [](const Json& value) { return value.is_boolean(); }, [&](const Json& value) { out = value.get<bool>(); });
    }
    template<typename Number>
    void number(const char* key, Number& out, std::int64_t minimum, std::int64_t maximum)
    {
        const std::string expected = "a number from " + std::to_string(minimum) + " to " + std::to_string(maximum);
        const auto fits = [=](const Json& value) {
            // A number that only an unsigned can hold is far above every maximum here.
            return value.is_number_integer() && (!value.is_number_unsigned() || value.get<std::uint64_t>() <= static_cast<std::uint64_t>(maximum))
                && value.get<std::int64_t>() >= minimum && value.get<std::int64_t>() <= maximum;
        };
        with(key, expected.c_str(), fits, [&](const Json& value) { out = static_cast<Number>(value.get<std::int64_t>()); });
    }
    void texts(const char* key, std::vector<std::string>& out)
    {
        const auto isList = [](const Json& value) {
            return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_string(); });
        };
        with(key, "a list of strings", isList, [&](const Json& value) { out = value.get<std::vector<std::string>>(); });
    }
    /// The object or list under a key; null when it is absent.
    const Json* child(const char* key, bool (Json::*is)() const noexcept, const char* expected)
    {
        const auto found = m_object.find(key);
        if (found == m_object.end())
            return nullptr;
        if (!((*found).*is)()) {
            fail(key, expected);
            return nullptr;
        }
        return &*found;
    }

    void fail(const std::string& key, const std::string& expected)
    {
        if (!m_error)
            m_error = Error {ErrorCode::BadValue, m_where, m_path + key + ": expected " + expected};
    }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    template<typename Test, typename Take>
    void with(const char* key, const char* expected, Test test, Take take)
    {
        const auto found = m_object.find(key);
        if (found == m_object.end())
            return;
        if (test(*found))
            take(*found);
        else
            fail(key, expected);
    }

    const Json& m_object;
    std::string m_where, m_path;
    std::optional<Error> m_error;
};

bool isColour(const std::string& text)
{
    return text.empty()
        || (text.size() == 7 && text.front() == '#' && text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos);
}

Result<SshSettings> readSsh(const Json& object, const std::string& where)
{
    SshSettings ssh;
    Reader reader(object, where, "ssh.");
    reader.text("user", ssh.user);
    reader.number("port", ssh.port, 0, 65535);
    reader.text("configFile", ssh.configFile);
    reader.text("knownHostsFile", ssh.knownHostsFile);
    reader.texts("identities", ssh.identities);
    reader.texts("jumps", ssh.jumps);
    reader.flag("useSudo", ssh.useSudo);
    reader.number("connectSeconds", ssh.connectSeconds, 1, 600);
    reader.number("parallel", ssh.parallel, 1, 1024);
    if (reader.error())
        return tl::unexpected(*reader.error());
    return ssh;
}

Result<NodeTarget> readNode(const Json& object, const std::string& where, std::size_t index)
{
    const std::string path = "nodes[" + std::to_string(index) + "].";
    if (!object.is_object())
        return failure(ErrorCode::BadValue, where, path.substr(0, path.size() - 1) + ": expected an object");
    NodeTarget node;
    Reader reader(object, where, path);
    reader.text("name", node.name);
    reader.text("host", node.host);
    reader.text("user", node.user);
    reader.number("port", node.port, 0, 65535);
    reader.texts("jumps", node.jumps);
    reader.text("identity", node.identity);
    reader.flag("local", node.local);
    if (!reader.error() && node.name.empty())
        return failure(ErrorCode::MissingValue, where, path + "name");
    if (reader.error())
        return tl::unexpected(*reader.error());
    return node;
}

/// Where in the text a byte offset lies, for people.
std::string lineOf(const std::string& text, std::size_t byte)
{
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size()));
    return std::to_string(1 + std::count(text.begin(), end, '\n'));
}

std::filesystem::path profileFolder() { return userDirectory() / "profiles"; }

/// A file name that any profile name maps to and that leads nowhere else: what is not plain is %XX.
std::string fileNameOf(const std::string& name)
{
    std::string out;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || byte >= 0x80
            || (c == '.' && !out.empty());
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += "0123456789ABCDEF"[byte >> 4];
            out += "0123456789ABCDEF"[byte & 15];
        }
    }
    return out + ".json";
}

tl::unexpected<Error> fileError(const std::filesystem::path& file, int code)
{
    return failure(code == ENOSPC ? ErrorCode::DiskFull : ErrorCode::FileNotWritable, file.string(), std::strerror(code), code);
}

/// Writes beside it and renames: a reader, or a crash, sees the old file or the new one.
Result<void> writeAtomically(const std::filesystem::path& file, const std::string& text)
{
    std::string temporary = file.string() + ".XXXXXX";
    const int fd = mkostemp(temporary.data(), O_CLOEXEC); // 0600
    if (fd < 0)
        return fileError(file, errno);
    int error = 0;
    for (std::size_t done = 0; done < text.size() && error == 0;) {
        const ssize_t written = write(fd, text.data() + done, text.size() - done);
        if (written < 0 && errno != EINTR)
            error = errno;
        done += written > 0 ? static_cast<std::size_t>(written) : 0;
    }
    if (error == 0 && fsync(fd) != 0)
        error = errno;
    if (close(fd) != 0 && error == 0)
        error = errno;
    if (error == 0 && rename(temporary.c_str(), file.c_str()) != 0)
        error = errno;
    if (error == 0)
        return {};
    unlink(temporary.c_str());
    return fileError(file, error);
}

} // namespace

Result<ClusterProfile> readProfile(const std::string& json, const std::string& where)
{
    Json root;
    try {
        root = Json::parse(json);
    } catch (const Json::parse_error& problem) {
        return failure(ErrorCode::BadSyntax, where + ':' + lineOf(json, problem.byte), problem.what());
    } catch (const Json::exception& problem) {
        return failure(ErrorCode::BadSyntax, where, problem.what());
    }
    if (!root.is_object())
        return failure(ErrorCode::BadSyntax, where, "expected an object");
    ClusterProfile profile;
    Reader reader(root, where, {});
    int version = profileVersion;
    reader.number("version", version, 1, 1'000'000);
    if (version > profileVersion)
        return failure(ErrorCode::NotSupported, where, "version: " + std::to_string(version) + " was written by a later program");
    reader.text("name", profile.name);
    reader.text("kubeconfig", profile.kubeconfig);
    reader.text("context", profile.context);
    reader.text("hostsFile", profile.hostsFile);
    reader.text("addressType", profile.addressType);
    reader.text("apiThrough", profile.apiThrough);
    reader.flag("production", profile.production);
    reader.flag("allowChanges", profile.allowChanges);
    reader.text("colour", profile.colour);
    if (profile.addressType != "InternalIP" && profile.addressType != "ExternalIP" && profile.addressType != "Hostname")
        reader.fail("addressType", "InternalIP, ExternalIP or Hostname");
    if (!isColour(profile.colour))
        reader.fail("colour", "#rrggbb");
    const Json* ssh = reader.child("ssh", &Json::is_object, "an object");
    const Json* nodes = reader.child("nodes", &Json::is_array, "a list");
    if (reader.error())
        return tl::unexpected(*reader.error());
    if (profile.name.empty())
        return failure(ErrorCode::MissingValue, where, "name");
    if (ssh != nullptr) {
        auto settings = readSsh(*ssh, where);
        if (!settings)
            return tl::unexpected(settings.error());
        profile.ssh = std::move(*settings);
    }
    for (std::size_t i = 0; nodes != nullptr && i < nodes->size(); ++i) {
        auto node = readNode((*nodes)[i], where, i);
        if (!node)
            return tl::unexpected(node.error());
        profile.nodes.push_back(std::move(*node));
    }
    return profile;
}

std::string writeProfile(const ClusterProfile& profile)
{
    Json nodes = Json::array();
    for (const NodeTarget& node : profile.nodes) {
        Json entry {{"name", node.name}};
        const auto put = [&entry](const char* key, const std::string& value) {
            if (!value.empty())
                entry[key] = value;
        };
        put("host", node.host);
        put("user", node.user);
        put("identity", node.identity);
        if (node.port != 0)
            entry["port"] = node.port;
        if (!node.jumps.empty())
            entry["jumps"] = node.jumps;
        if (node.local)
            entry["local"] = true;
        nodes.push_back(std::move(entry));
    }
    const SshSettings& ssh = profile.ssh;
    const Json root {
        {"version", profileVersion}, {"name", profile.name}, {"kubeconfig", profile.kubeconfig}, {"context", profile.context},
        {"ssh",
         {{"user", ssh.user}, {"port", ssh.port}, {"configFile", ssh.configFile}, {"knownHostsFile", ssh.knownHostsFile},
          {"identities", ssh.identities}, {"jumps", ssh.jumps}, {"useSudo", ssh.useSudo}, {"connectSeconds", ssh.connectSeconds},
          {"parallel", ssh.parallel}}},
        {"nodes", nodes}, {"hostsFile", profile.hostsFile}, {"addressType", profile.addressType}, {"apiThrough", profile.apiThrough},
        {"production", profile.production}, {"allowChanges", profile.allowChanges}, {"colour", profile.colour}};
    return root.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::vector<ClusterProfile> savedProfiles(std::vector<Error>* problems)
{
    std::vector<ClusterProfile> profiles;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(profileFolder(), error)) {
        if (entry.path().extension() != ".json")
            continue;
        std::ifstream in(entry.path(), std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        auto profile = in ? readProfile(text.str(), entry.path().string())
                          : Result<ClusterProfile>(failure(ErrorCode::FileNotReadable, entry.path().string(), std::strerror(errno), errno));
        if (profile)
            profiles.push_back(std::move(*profile));
        else if (problems != nullptr)
            problems->push_back(profile.error());
    }
    std::sort(profiles.begin(), profiles.end(), [](const ClusterProfile& a, const ClusterProfile& b) { return a.name < b.name; });
    return profiles;
}

Result<void> saveProfile(const ClusterProfile& profile)
{
    if (profile.name.empty())
        return failure(ErrorCode::MissingValue, "name");
    const auto file = profileFolder() / fileNameOf(profile.name);
    std::error_code error;
    std::filesystem::create_directories(profileFolder(), error);
    if (error)
        return fileError(profileFolder(), error.value());
    return writeAtomically(file, writeProfile(profile));
}

Result<void> removeProfile(const std::string& name)
{
    const auto file = profileFolder() / fileNameOf(name);
    if (unlink(file.c_str()) == 0)
        return {};
    if (errno == ENOENT)
        return failure(ErrorCode::FileNotFound, file.string(), name, ENOENT);
    return fileError(file, errno);
}

} // namespace medic
