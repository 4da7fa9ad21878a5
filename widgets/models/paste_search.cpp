// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/models/paste_search.h"

#include "widgets/text/escape.h"

#include <QSet>

#include <algorithm>

namespace medic {

namespace {

constexpr qsizetype before = 24, behind = 60; ///< characters shown around a match

/// One line of the pasted text around the bytes [from, from + length), and where the match is in it.
void showAround(PasteProposal& proposal, const std::string& pasted, std::size_t from, std::size_t length)
{
    from = std::min(from, pasted.size());
    length = std::min(length, pasted.size() - from);
    const QString head = QString::fromUtf8(pasted.data(), qsizetype(from)).simplified();
    const QString match = lineSafe(QString::fromUtf8(pasted.data() + from, qsizetype(length)).simplified());
    const QString tail = QString::fromUtf8(pasted.data() + from + length, qsizetype(pasted.size() - from - length)).simplified();
    const bool cut = head.size() > before;
    const bool gap = from > 0 && (pasted[from - 1] == ' ' || pasted[from - 1] == '\n');
    const bool gapBehind = from + length < pasted.size() && (pasted[from + length] == ' ' || pasted[from + length] == '\n');
    proposal.around = (cut ? QStringLiteral("… ") : QString()) + lineSafe(head.right(before)) + (gap && !head.isEmpty() ? QStringLiteral(" ") : QString());
    proposal.litFrom = int(proposal.around.size());
    proposal.litLength = int(match.size());
    proposal.around += match + (gapBehind ? QStringLiteral(" ") : QString()) + lineSafe(tail.left(behind)) + (tail.size() > behind ? QStringLiteral(" …") : QString());
}

QString titleOf(const std::string& finding, const Catalogue& catalogue, Language language)
{
    const KnowledgeEntry* entry = catalogue.find(finding);
    if (!entry)
        return QString::fromStdString(finding);
    QString title = QString::fromStdString(entry->title.in(language));
    for (const std::string& name : entry->parameters)
        title.replace(u'{' + QString::fromStdString(name) + u'}', u'‹' + QString::fromStdString(name) + u'›');
    return title;
}

} // namespace

QList<PasteProposal> proposalsFor(const QString& pasted, const checks::PasteIndex& index, const Catalogue& catalogue,
                                  const playbooks::Library& library, Language language, int most)
{
    QList<PasteProposal> proposals;
    QSet<QString> guides;
    const std::string text = pasted.toStdString();
    const auto add = [&](const std::string& playbook, const std::string& finding, std::size_t from, std::size_t length) {
        if (proposals.size() >= most)
            return;
        const playbooks::PlaybookPtr guide = playbook.empty() ? nullptr : library.find(playbook);
        if (guide && guides.contains(QString::fromStdString(playbook)))
            return;
        if (!guide && finding.empty())
            return;
        PasteProposal proposal;
        proposal.playbook = guide ? QString::fromStdString(playbook) : QString();
        proposal.finding = QString::fromStdString(finding);
        proposal.title = guide ? QString::fromStdString(guide->title.in(language)) : titleOf(finding, catalogue, language);
        if (length > 0)
            showAround(proposal, text, from, length);
        guides.insert(proposal.playbook);
        proposals.append(proposal);
    };
    for (const checks::PasteMatch& match : index.match(text))
        add(match.playbook, match.finding, match.from, match.length);
    const checks::NormalText normal = checks::normalised(text);
    for (const auto& fit : library.forText(normal.text)) {
        const std::size_t at = fit.matched.empty() ? std::string::npos : normal.text.find(fit.matched);
        if (!fit.playbook)
            continue;
        if (at == std::string::npos) {
            add(fit.playbook->id, {}, 0, 0);
        } else {
            const auto [first, last] = normal.originalSpan(at, fit.matched.size(), text.size());
            add(fit.playbook->id, {}, first, last - first);
        }
    }
    for (const auto& playbook : library.search(text))
        add(playbook->id, {}, 0, 0);
    return proposals;
}

PasteSearch::PasteSearch(const Catalogue& catalogue, const playbooks::Library& library, QObject* parent)
    : QObject(parent), m_catalogue(catalogue), m_library(library)
{
    m_worker.setMaxThreadCount(1);
}

PasteSearch::~PasteSearch()
{
    m_worker.clear();
    m_worker.waitForDone();
}

void PasteSearch::search(const QString& pasted, Language language)
{
    const quint64 ticket = ++m_ticket;
    m_worker.clear();
    if (m_catalogue.entries().empty() && m_library.all().empty()) {
        m_waiting = {pasted, language};
        return;
    }
    m_worker.start([this, ticket, pasted, language] {
        if (!m_index)
            m_index = std::make_unique<checks::PasteIndex>(m_catalogue);
        const QList<PasteProposal> proposals = proposalsFor(pasted, *m_index, m_catalogue, m_library, language);
        QMetaObject::invokeMethod(this, [this, ticket, pasted, proposals] {
            if (ticket == m_ticket)
                Q_EMIT found(pasted, proposals);
        }, Qt::QueuedConnection);
    });
}

void PasteSearch::knowledgeArrived()
{
    if (const auto waiting = std::exchange(m_waiting, std::nullopt))
        search(waiting->first, waiting->second);
}

} // namespace medic
