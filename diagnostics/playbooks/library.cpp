// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/checks/suite.h"
#include "diagnostics/checks/tables.h"
#include "diagnostics/model/resources.h"
#include "diagnostics/playbooks/loader.h"
#include "diagnostics/playbooks/patterns.h"
#include "diagnostics/playbooks/safety.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

namespace medic::playbooks {

namespace fs = std::filesystem;

namespace {

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

class Validator {
public:
    Validator(const Playbook& playbook, const Catalogue& catalogue, const std::vector<std::string>& probes, std::vector<Error>& problems)
        : m_playbook(playbook), m_catalogue(catalogue), m_probes(probes), m_problems(problems)
    {
    }

    void run()
    {
        for (const std::string& id : m_playbook.findings)
            finding("fits", id);
        suites("symptom", m_playbook.symptomSuites);
        condition("symptom", m_playbook.symptom);
        for (const Step& step : m_playbook.steps) {
            m_step = &step;
            suites("suites", step.suites);
            for (const std::string& probe : step.probes)
                if (!m_probes.empty() && std::find(m_probes.begin(), m_probes.end(), probe) == m_probes.end())
                    report("probes", "there is no probe '" + probe + "'");
            for (const std::string& table : step.tables)
                if (std::find(checks::tableIds().begin(), checks::tableIds().end(), table) == checks::tableIds().end())
                    report("tables", "there is no table '" + table + "'");
            if (!step.about.empty())
                finding("about", step.about);
            for (const Selector* selector : {&step.on, &step.with})
                if (selector->kind == Selector::Kind::Finding)
                    finding("on", selector->name);
            for (const Expression* expression : {&step.when, &step.verify, &step.until, &step.broken})
                condition("when", *expression);
            for (const Branch& branch : step.branches)
                condition("branches", branch.when);
            for (const Choice& choice : step.choices)
                condition("automatic", choice.automatic);
            for (const VerdictRule& rule : step.verdicts) {
                condition("verdicts", rule.when);
                condition("proof", rule.proof);
                if (!rule.finding.empty())
                    finding("finding", rule.finding);
            }
            placeholders(step);
        }
    }

private:
    void report(const char* key, const std::string& what)
    {
        const std::string line = m_step == nullptr ? std::string() : ":" + std::to_string(m_step->line);
        m_problems.push_back(Error {ErrorCode::BadValue, m_playbook.file + line, "key '" + std::string(key) + "': " + what, 0});
    }

    void finding(const char* key, const std::string& pattern)
    {
        for (const auto& [id, entry] : m_catalogue.entries())
            if (idMatches(pattern, id))
                return;
        report(key, "there is no finding '" + pattern + "'");
    }

    void suites(const char* key, const std::vector<std::string>& ids)
    {
        for (const std::string& id : ids)
            if (checks::findSuite(id) == nullptr)
                report(key, "there is no suite '" + id + "'");
    }

    void condition(const char* key, const Expression& expression)
    {
        for (const Expression::Call& call : expression.calls())
            for (const FunctionInfo& info : functions())
                if (info.name == call.function && info.argument == FunctionInfo::Argument::Finding)
                    finding(key, call.arguments.front());
    }

    void add(std::set<std::string>& names, const std::string& id) const
    {
        for (const auto& [known, entry] : m_catalogue.entries())
            if (idMatches(id, known))
                names.insert(entry.parameters.begin(), entry.parameters.end());
        if (names.contains("pod"))
            names.insert({"pod-namespace", "pod-name"});
    }

    void placeholders(const Step& step)
    {
        // The same sources as Runner::parameters.
        std::set<std::string> names {"cluster", "node", "name", "namespace"};
        for (const Step& other : m_playbook.steps)
            if (other.type == StepType::Question || other.type == StepType::Measure)
                names.insert(other.id);
        if (!step.about.empty())
            add(names, step.about);
        if (step.on.kind == Selector::Kind::Finding)
            add(names, step.on.name);
        std::vector<Text> texts {step.title, step.why, step.text, step.expect, step.blast, step.noRollback};
        for (const Branch& branch : step.branches)
            texts.push_back(branch.because);
        for (const Choice& choice : step.choices) {
            texts.push_back(choice.text);
            texts.push_back(choice.help);
        }
        const auto check = [&](const std::string& text, const std::set<std::string>& known) {
            for (const std::string& name : placeholdersOf(text))
                if (!known.contains(name))
                    report("text", "nothing gives a value for {" + name + "}");
        };
        for (const Text& text : texts)
            check(text.en, names);
        for (const std::string* text : {&step.command, &step.dryRun, &step.rollback, &step.verifyCommand, &step.traceFrom, &step.traceTo})
            check(*text, names);
        for (const VerdictRule& rule : step.verdicts) {
            std::set<std::string> more = names;
            if (!rule.finding.empty())
                add(more, rule.finding);
            check(rule.text.en, more);
        }
    }

    const Playbook& m_playbook;
    const Catalogue& m_catalogue;
    const std::vector<std::string>& m_probes;
    std::vector<Error>& m_problems;
    const Step* m_step = nullptr;
};

} // namespace

bool idMatches(std::string_view pattern, std::string_view id)
{
    if (pattern.ends_with("*"))
        return id.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == id;
}

void validate(const Playbook& playbook, const Catalogue& catalogue, const std::vector<std::string>& knownProbes, std::vector<Error>& problems)
{
    Validator(playbook, catalogue, knownProbes, problems).run();
}

Library Library::load(const std::vector<fs::path>& directories, std::vector<Error>* problems)
{
    Library library;
    std::vector<Error> found;
    for (const fs::path& directory : directories) {
        std::error_code ignored;
        std::vector<fs::path> files;
        for (const auto& item : fs::directory_iterator(directory / "playbooks", ignored))
            if (item.path().extension() == ".yaml" || item.path().extension() == ".yml")
                files.push_back(item.path());
        std::sort(files.begin(), files.end());
        for (const fs::path& file : files) {
            std::ifstream stream(file, std::ios::binary);
            std::stringstream content;
            content << stream.rdbuf();
            if (!stream) {
                found.push_back(Error {ErrorCode::FileNotReadable, file.string(), {}, 0});
                continue;
            }
            PlaybookPtr playbook = readPlaybook(content.str(), file.string(), found);
            if (playbook == nullptr)
                continue;
            if (library.find(playbook->id) != nullptr) {
                found.push_back(Error {ErrorCode::BadValue, file.string(), "key 'playbook': the id '" + playbook->id + "' is already taken", 0});
                continue;
            }
            if (directory == userDirectory()) {
                auto own = std::make_shared<Playbook>(*playbook);
                own->users = true;
                playbook = own;
            }
            library.m_playbooks.push_back(std::move(playbook));
        }
    }
    std::stable_sort(library.m_playbooks.begin(), library.m_playbooks.end(),
                     [](const PlaybookPtr& a, const PlaybookPtr& b) { return a->priority < b->priority; });
    library.m_problems = std::move(found);
    if (problems != nullptr)
        problems->insert(problems->end(), library.m_problems.begin(), library.m_problems.end());
    return library;
}

Library Library::standard(std::vector<Error>* problems)
{
    Library library = load({resourceDirectory(), userDirectory()}, nullptr);
    if (std::any_of(library.m_playbooks.begin(), library.m_playbooks.end(), [](const PlaybookPtr& one) { return one->users; })) {
        const Catalogue catalogue = Catalogue::standard();
        std::erase_if(library.m_playbooks, [&](const PlaybookPtr& one) {
            const std::size_t before = library.m_problems.size();
            if (one->users)
                validate(*one, catalogue, {}, library.m_problems);
            return library.m_problems.size() != before;
        });
    }
    if (problems != nullptr)
        problems->insert(problems->end(), library.m_problems.begin(), library.m_problems.end());
    return library;
}

PlaybookPtr Library::find(std::string_view id) const
{
    const auto found = std::find_if(m_playbooks.begin(), m_playbooks.end(), [&](const PlaybookPtr& p) { return p->id == id; });
    return found == m_playbooks.end() ? nullptr : *found;
}

std::vector<Library::Fit> Library::fitting(const std::vector<Finding>& findings) const
{
    std::vector<Fit> result;
    for (const PlaybookPtr& playbook : m_playbooks) {
        Fit fit {playbook, 0, {}, {}};
        for (const Finding& finding : findings) {
            if (finding.verdict() != Verdict::Failure && finding.verdict() != Verdict::Warning)
                continue;
            for (const std::string& pattern : playbook->findings) {
                if (!idMatches(pattern, finding.id()))
                    continue;
                fit.score += finding.verdict() == Verdict::Failure ? 10 : 3;
                if (pattern.ends_with("*"))
                    fit.score -= 1; // named outright fits better
                if (std::find(fit.findings.begin(), fit.findings.end(), finding.id()) == fit.findings.end())
                    fit.findings.push_back(finding.id());
                break;
            }
        }
        if (fit.score > 0)
            result.push_back(std::move(fit));
    }
    std::stable_sort(result.begin(), result.end(), [](const Fit& a, const Fit& b) { return a.score > b.score; });
    return result;
}

std::vector<Library::Fit> Library::forText(const std::string& normalised) const
{
    std::vector<Fit> result;
    for (const PlaybookPtr& playbook : m_playbooks) {
        Fit fit {playbook, 0, {}, {}};
        for (const std::string& pattern : playbook->patterns) {
            const std::string matched = matchedPart(pattern, normalised);
            if (matched.empty())
                continue;
            fit.score += 10 + static_cast<int>(std::min<std::size_t>(matched.size(), 80)); // the longer, the more particular
            if (matched.size() > fit.matched.size())
                fit.matched = matched;
        }
        if (fit.score > 0)
            result.push_back(std::move(fit));
    }
    std::stable_sort(result.begin(), result.end(), [](const Fit& a, const Fit& b) { return a.score > b.score; });
    return result;
}

std::vector<PlaybookPtr> Library::search(const std::string& words) const
{
    std::vector<PlaybookPtr> result;
    std::vector<PlaybookPtr> elsewhere; ///< found, but not in the title
    const auto holds = [&](const std::string& text) {
        std::stringstream stream(lower(words));
        std::string word;
        while (stream >> word)
            if (text.find(word) == std::string::npos)
                return false;
        return true;
    };
    for (const PlaybookPtr& playbook : m_playbooks) {
        std::string all = playbook->id + " " + playbook->title.en + " " + playbook->title.zh + " " + playbook->summary.en + " " + playbook->summary.zh;
        for (const std::string& keyword : playbook->keywords)
            all += " " + keyword;
        if (holds(lower(playbook->title.en)) || holds(lower(playbook->title.zh)))
            result.push_back(playbook);
        else if (holds(lower(all)))
            elsewhere.push_back(playbook);
    }
    result.insert(result.end(), elsewhere.begin(), elsewhere.end());
    return result;
}

} // namespace medic::playbooks
