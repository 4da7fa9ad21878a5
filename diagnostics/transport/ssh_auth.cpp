// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/transport/ssh_auth.h"

#include "diagnostics/transport/secrets.h"
#include "diagnostics/transport/ssh_agent.h"
#include "diagnostics/transport/ssh_keys.h"

#include <cstdlib>
#include <optional>

namespace medic::ssh {

namespace {

constexpr int mostRounds = 8; // of partial successes and of keyboard-interactive questions

class Authenticator final {
public:
    Authenticator(Link& link, const AuthRequest& request, const Secrets& secrets, const Deadline& deadline) :
        m_link(link), m_request(request), m_config(*request.config), m_secrets(secrets), m_deadline(deadline)
    {
    }

    Result<void> run();

private:
    enum class Outcome { Success, Partial, Denied };

    Result<Outcome> outcomeOf(const Result<int>& code);
    template<typename Operation>
    Result<Outcome> attempt(Operation operation)
    {
        return outcomeOf(m_link.drive(m_deadline, SSH_AUTH_AGAIN, operation));
    }
    void tried(const std::string& what) { m_tried += (m_tried.empty() ? "" : ", ") + what; }
    [[nodiscard]] ssh_session session() const { return m_link.session(); }
    [[nodiscard]] bool offered(int method) const { return (m_offered & method) != 0; }
    [[nodiscard]] std::string offeredText() const;

    Result<Outcome> tryAgent();
    Result<Outcome> tryKeys();
    Result<Outcome> tryKey(const std::string& file);
    Result<Outcome> tryPassword();
    Result<Outcome> tryQuestions();
    [[nodiscard]] Error nothingWorked() const;

    Link& m_link;
    const AuthRequest& m_request;
    const SshHostConfig& m_config;
    const Secrets& m_secrets;
    const Deadline& m_deadline;
    int m_offered = 0;
    std::string m_tried;
    std::optional<Error> m_locked; ///< a key that may open the door, once it is opened itself
    bool m_passwordMissing = false;
    std::vector<std::string> m_agentBlobs;
};

Result<Authenticator::Outcome> Authenticator::outcomeOf(const Result<int>& code)
{
    if (!code)
        return tl::unexpected(code.error());
    switch (*code) {
    case SSH_AUTH_SUCCESS: return Outcome::Success;
    case SSH_AUTH_PARTIAL: return Outcome::Partial;
    case SSH_AUTH_DENIED: return Outcome::Denied;
    default: break;
    }
    if (m_link.alive() && !m_deadline.stop.stop_requested())
        return Outcome::Denied; // refused on our side: a key that cannot sign, an algorithm that is not allowed
    Error error = m_link.failed(m_deadline, ErrorCode::ConnectionLost);
    // "Too many authentication failures" is sshd's way to say no when there are many keys.
    if (error.code == ErrorCode::ConnectionLost && !m_tried.empty())
        error = Error {ErrorCode::AuthenticationFailed, m_link.name(), "tried: " + m_tried + "; the server hung up: " + error.detail};
    return tl::unexpected(std::move(error));
}

std::string Authenticator::offeredText() const
{
    std::string out;
    for (const auto& [method, name] : {std::pair {SSH_AUTH_METHOD_PUBLICKEY, "publickey"}, {SSH_AUTH_METHOD_PASSWORD, "password"},
             {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"}, {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
             {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}}) {
        if (offered(static_cast<int>(method)))
            out += (out.empty() ? "" : ",") + std::string(name);
    }
    return out.empty() ? "nothing that we know" : out;
}

Result<void> Authenticator::run()
{
    auto first = attempt([this] { return ssh_userauth_none(session(), nullptr); });
    if (!first)
        return tl::unexpected(first.error());
    if (*first == Outcome::Success)
        return {};
    using Method = Result<Outcome> (Authenticator::*)();
    struct Step {
        bool wanted;
        unsigned method;
        Method run;
        bool done = false;
    };
    Step steps[] {{m_config.pubkeyAuthentication, SSH_AUTH_METHOD_PUBLICKEY, &Authenticator::tryAgent},
                  {m_config.pubkeyAuthentication, SSH_AUTH_METHOD_PUBLICKEY, &Authenticator::tryKeys},
                  {m_config.passwordAuthentication, SSH_AUTH_METHOD_PASSWORD, &Authenticator::tryPassword},
                  {m_config.kbdInteractiveAuthentication, SSH_AUTH_METHOD_INTERACTIVE, &Authenticator::tryQuestions}};
    m_offered = ssh_userauth_list(session(), nullptr);
    for (int round = 0; round < mostRounds; ++round) {
        bool goOn = false;
        for (Step& step : steps) {
            if (!step.wanted || step.done || !offered(static_cast<int>(step.method)))
                continue;
            step.done = true;
            const auto outcome = (this->*step.run)();
            if (!outcome)
                return tl::unexpected(outcome.error());
            if (*outcome == Outcome::Success)
                return {};
            if (*outcome == Outcome::Partial) { // one half is done: what is asked for now may be another method
                m_offered = ssh_userauth_list(session(), nullptr);
                goOn = true;
                break;
            }
        }
        if (!goOn)
            break;
    }
    return tl::unexpected(nothingWorked());
}

Error Authenticator::nothingWorked() const
{
    const std::string detail = "tried: " + (m_tried.empty() ? "nothing" : m_tried) + "; the server offers: " + offeredText();
    if (m_locked)
        return *m_locked;
    if (m_passwordMissing)
        return Error {ErrorCode::PasswordNeeded, m_request.secretsKey, detail};
    return Error {ErrorCode::AuthenticationFailed, m_link.name(), detail};
}

Result<Authenticator::Outcome> Authenticator::tryAgent()
{
    std::string path = m_config.identityAgent;
    if (path.empty()) {
        const char* socket = std::getenv("SSH_AUTH_SOCK");
        path = socket == nullptr ? "" : socket;
    }
    if (path.empty() || path == "none")
        return Outcome::Denied;
    AgentRelay::Filter filter {.preferred = {}, .onlyPreferred = m_config.identitiesOnly};
    for (const std::string& file : m_request.identities) {
        if (const Key key = publicKeyOf(file))
            filter.preferred.push_back(publicBlob(key.get()));
    }
    if (filter.onlyPreferred && filter.preferred.empty())
        return Outcome::Denied;
    auto relay = AgentRelay::start(path, std::move(filter), m_deadline);
    if (!relay) {
        tried("agent (" + relay.error().detail + ')');
        return Outcome::Denied;
    }
    if (ssh_set_agent_socket(session(), (*relay)->takeClientEnd()) != SSH_OK)
        return Outcome::Denied;
    const auto outcome = attempt([this] { return ssh_userauth_agent(session(), nullptr); });
    const int keys = (*relay)->offered();
    tried((*relay)->hung() ? std::string("agent (no answer)") : "agent (" + std::to_string(keys) + (keys == 1 ? " key)" : " keys)"));
    return outcome;
}

Result<Authenticator::Outcome> Authenticator::tryKeys()
{
    for (const std::string& file : m_request.identities) {
        const auto outcome = tryKey(file);
        if (!outcome || *outcome != Outcome::Denied)
            return outcome;
    }
    return Outcome::Denied;
}

Result<Authenticator::Outcome> Authenticator::tryKey(const std::string& file)
{
    // The server is asked first whether it knows the key: opening it may need a passphrase, and costs time.
    const Key known = publicKeyOf(file);
    if (known) {
        const auto asked = attempt([&] { return ssh_userauth_try_publickey(session(), nullptr, known.get()); });
        if (!asked)
            return asked;
        if (*asked == Outcome::Denied) {
            tried("publickey " + file);
            return asked;
        }
    }
    const auto key = loadPrivateKey(file, m_secrets.passphrase(file));
    if (!key) {
        if (key.error().code == ErrorCode::PassphraseNeeded && (!m_locked || known))
            m_locked = key.error();
        if (key.error().code != ErrorCode::FileNotFound || m_config.identitiesGiven)
            tried("publickey " + file + " (" + (key.error().detail.empty() ? "needs its passphrase" : key.error().detail) + ')');
        return Outcome::Denied;
    }
    tried("publickey " + file);
    return attempt([&] { return ssh_userauth_publickey(session(), nullptr, key->get()); });
}

Result<Authenticator::Outcome> Authenticator::tryPassword()
{
    const auto password = m_secrets.password(m_request.secretsKey);
    if (!password) {
        m_passwordMissing = true;
        return Outcome::Denied;
    }
    tried("password");
    return attempt([&] { return ssh_userauth_password(session(), nullptr, password->c_str()); });
}

Result<Authenticator::Outcome> Authenticator::tryQuestions()
{
    const auto password = m_secrets.password(m_request.secretsKey);
    if (!password) {
        m_passwordMissing = true;
        return Outcome::Denied;
    }
    tried("keyboard-interactive");
    bool answered = false;
    for (int round = 0; round < mostRounds; ++round) {
        const auto code = m_link.drive(m_deadline, SSH_AUTH_AGAIN, [this] { return ssh_userauth_kbdint(session(), nullptr, nullptr); });
        if (!code || *code != SSH_AUTH_INFO)
            return outcomeOf(code);
        const int prompts = ssh_userauth_kbdint_getnprompts(session());
        if (prompts <= 0)
            continue; // only words: answered with nothing
        char echo = 1;
        const char* prompt = ssh_userauth_kbdint_getprompt(session(), 0, &echo);
        if (prompts != 1 || echo != 0 || answered) {
            // More than a password is asked for (a one-time code, a new password): that is not ours to guess.
            tried("a question that has no answer here: " + std::string(prompt == nullptr ? "" : prompt));
            return Outcome::Denied;
        }
        answered = true;
        if (ssh_userauth_kbdint_setanswer(session(), 0, password->c_str()) < 0)
            return Outcome::Denied;
    }
    return Outcome::Denied;
}

} // namespace

Result<void> authenticate(Link& link, const AuthRequest& request, const Secrets& secrets, const Deadline& deadline)
{
    const Link::StopGuard guard(link, deadline.stop);
    return Authenticator(link, request, secrets, deadline).run();
}

} // namespace medic::ssh
