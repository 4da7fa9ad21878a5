// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/rules_model.h"

#include "widgets/packetpath/path_words.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/fonts.h"

#include <QLocale>

#include <cmath>

namespace medic::packetpath {

namespace {

std::uint64_t keyOf(const RuleRef& at)
{
    return std::uint64_t(std::uint32_t(at.table)) << 56 ^ std::uint64_t(std::uint32_t(at.chain)) << 28 ^ std::uint64_t(std::uint32_t(at.rule));
}

} // namespace

void RulesModel::setBook(const RuleBookPtr& book)
{
    beginResetModel();
    m_book = book;
    m_chain = {-1, -1, -1};
    m_found.clear();
    m_met.clear();
    m_search = false;
    endResetModel();
}

void RulesModel::showChain(const RuleRef& chain)
{
    beginResetModel();
    m_chain = chain;
    m_search = false;
    m_found.clear();
    endResetModel();
}

void RulesModel::showFound(std::vector<RuleRef> found)
{
    beginResetModel();
    m_found = std::move(found);
    m_search = true;
    endResetModel();
}

void RulesModel::setMet(const std::vector<RuleRef>& met)
{
    m_met.clear();
    for (const RuleRef& at : met)
        m_met.insert(keyOf(at));
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1), {MetRole});
}

RuleRef RulesModel::at(int row) const
{
    if (m_search)
        return m_found[static_cast<std::size_t>(row)];
    return {m_chain.table, m_chain.chain, row};
}

int RulesModel::rowCount(const QModelIndex& parent) const
{
    if (parent.isValid() || !m_book)
        return 0;
    if (m_search)
        return static_cast<int>(m_found.size());
    return m_chain.table < 0 ? 0 : m_book->chain(m_chain).rules;
}

QVariant RulesModel::words(const RuleRef& at, int column) const
{
    switch (column) {
    case Number: return at.rule + 1;
    case Place: return lineSafe(m_book->table(at).name + ' ' + m_book->chain(at).name);
    case Owner: return PathWords::owner(m_book->owner(at));
    default: break;
    }
    const BookRule rule = m_book->rule(at);
    switch (column) {
    case Packets: return rule.counted ? QLocale().toString(qulonglong(rule.packets)) : QString();
    case Bytes: return rule.counted ? byteWords(qint64(rule.bytes)) : QString();
    case Rate:
        return rule.since ? QLocale().toString(m_book->deltas()->perSecond(*rule.since), 'f', *rule.since == 0 ? 0 : 1) : QString();
    case Conditions: return lineSafe(rule.text);
    case Target: return lineSafe(rule.target);
    case Line: return rule.line > 0 ? QVariant(rule.line) : QVariant();
    default: break;
    }
    return {};
}

QVariant RulesModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || !m_book)
        return {};
    const RuleRef ref = at(index.row());
    switch (role) {
    case Qt::DisplayRole: return words(ref, index.column());
    case Qt::ToolTipRole: return toolTipSafe(lineSafe(m_book->fullText(ref)));
    case Qt::FontRole:
        if (index.column() == Conditions || index.column() == Target || index.column() == Place)
            return theme::monospaceFont();
        break;
    case Qt::TextAlignmentRole:
        if (index.column() == Number || index.column() == Packets || index.column() == Bytes || index.column() == Rate || index.column() == Line)
            return QVariant(Qt::AlignRight | Qt::AlignVCenter);
        break;
    case MetRole: return m_met.count(keyOf(ref)) > 0;
    case JumpRole: return index.column() == Target && !m_book->rule(ref).jumps.empty();
    case HeatRole: {
        // By the logarithm: one rule with a million packets must not make all others look idle.
        const auto heat = [](std::uint64_t packets, std::uint64_t most) { return packets == 0 || most < 2 ? 0.0 : std::log(1.0 + double(packets)) / std::log(1.0 + double(most)); };
        if (index.column() == Packets)
            return heat(m_book->rule(ref).packets, m_book->mostPackets());
        if (index.column() == Rate && m_book->deltas())
            return heat(m_book->rule(ref).since.value_or(0), m_book->deltas()->most());
        return {};
    }
    default: break;
    }
    return {};
}

QVariant RulesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == Number || section == Packets || section == Bytes || section == Rate || section == Line ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == Rate && m_book && m_book->deltas())
        return tr("Between the two last samples, %1 apart").arg(durationWords(m_book->deltas()->apart()));
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Number: return tr("Rule");
    case Place: return tr("Chain");
    case Packets: return tr("Packets");
    case Bytes: return tr("Bytes");
    case Rate: return tr("Packets/s");
    case Conditions: return tr("If all of this fits");
    case Target: return tr("Then");
    case Owner: return tr("Written by");
    case Line: return tr("Line");
    default: break;
    }
    return {};
}

void RulesModel::retranslate()
{
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

} // namespace medic::packetpath
