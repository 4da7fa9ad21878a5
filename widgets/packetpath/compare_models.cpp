// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/compare_models.h"

#include "widgets/theme/fonts.h"

#include <QLocale>
#include <QRegularExpression>

namespace medic::packetpath {

namespace {

constexpr int around = 2; ///< lines that are the same, above and below each difference

using Kind = ComparedItem::Row::Kind;

/// A rule without its comment, which tells least and takes most room; the whole one stands below the table.
QString withoutComment(const QString& rule)
{
    static const QRegularExpression comment(QStringLiteral("-m comment --comment (\"(\\\\.|[^\"\\\\])*\"|\\S+) ?"));
    return QString(rule).remove(comment);
}

QString count(int number) { return number == 0 ? QString() : QLocale().toString(number); }

} // namespace

void ComparedItemsModel::setComparison(const ComparisonPtr& comparison)
{
    beginResetModel();
    m_comparison = comparison;
    select();
    endResetModel();
}

void ComparedItemsModel::setWords(const QString& words)
{
    beginResetModel();
    m_words = words.trimmed();
    select();
    endResetModel();
}

void ComparedItemsModel::select()
{
    m_rows.clear();
    if (!m_comparison)
        return;
    const auto has = [this](const QString& text) { return text.contains(m_words, Qt::CaseInsensitive); };
    for (std::size_t i = 0; i < m_comparison->items.size(); ++i) {
        const ComparedItem& one = m_comparison->items[i];
        bool shown = m_words.isEmpty() || has(one.name) || has(areaName(one.area));
        for (std::size_t n = 0; n < one.rows.size() && !shown; ++n)
            shown = one.rows[n].kind != Kind::Same && (has(one.rows[n].leftText) || has(one.rows[n].rightText));
        if (shown)
            m_rows.push_back(i);
    }
}

const ComparedItem* ComparedItemsModel::item(int row) const
{
    return row >= 0 && row < rowCount() ? &m_comparison->items[m_rows[static_cast<std::size_t>(row)]] : nullptr;
}

QString ComparedItemsModel::areaName(const std::string& area)
{
    if (area == "rules" || area == "iptables")
        return tr("Rules");
    if (area == "ipset")
        return tr("ipset");
    if (area == "ipvs")
        return tr("IPVS");
    if (area == "route")
        return tr("Routes");
    if (area == "rule")
        return tr("Routing rules");
    if (area == "address")
        return tr("Addresses");
    if (area == "sysctl")
        return tr("Sysctls");
    if (area == "module")
        return tr("Kernel modules");
    if (area == "component")
        return tr("Components");
    if (area == "file")
        return tr("Files");
    return QString::fromStdString(area);
}

QVariant ComparedItemsModel::data(const QModelIndex& index, int role) const
{
    const ComparedItem* one = item(index.row());
    if (one == nullptr)
        return {};
    if (role == Qt::TextAlignmentRole && index.column() >= Lost)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::FontRole && index.column() == Name)
        return theme::monospaceFont();
    if (role == Qt::ToolTipRole && index.column() == Name)
        return one->backend.isEmpty() ? one->name : one->name + QStringLiteral(" (") + one->backend + u')';
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Area: return areaName(one->area);
    case Name: return one->name;
    case Lost: return one->unknown ? QStringLiteral("?") : count(one->lost);
    case Won: return one->unknown ? QStringLiteral("?") : count(one->won);
    case Moved: return count(one->moved);
    default: break;
    }
    return {};
}

QVariant ComparedItemsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section >= Lost ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        switch (section) {
        case Lost: return tr("Lines that only the left side has");
        case Won: return tr("Lines that only the right side has");
        case Moved: return tr("Rules that stand behind others than on the left, where that matters");
        default: return {};
        }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Area: return tr("What");
    case Name: return tr("Where");
    case Lost: return QStringLiteral("−");
    case Won: return QStringLiteral("+");
    case Moved: return QStringLiteral("↕");
    default: break;
    }
    return {};
}

void ComparedItemsModel::retranslate()
{
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void ComparedLinesModel::show(const ComparisonPtr& comparison, const ComparedItem* item)
{
    beginResetModel();
    m_comparison = comparison;
    m_item = item;
    select();
    endResetModel();
}

void ComparedLinesModel::setEverything(bool everything)
{
    beginResetModel();
    m_everything = everything;
    select();
    endResetModel();
}

void ComparedLinesModel::setHeads(const QString& left, const QString& right)
{
    m_left = left;
    m_right = right;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

void ComparedLinesModel::select()
{
    m_rows.clear();
    if (m_item == nullptr)
        return;
    const int size = static_cast<int>(m_item->rows.size());
    int shownUntil = 0; // rows before this one are told
    for (int i = 0; i < size; ++i) {
        if (!m_everything && m_item->rows[static_cast<std::size_t>(i)].kind == Kind::Same)
            continue;
        const int from = m_everything ? i : std::max(shownUntil, i - around), to = m_everything ? i + 1 : std::min(size, i + around + 1);
        if (from > shownUntil)
            m_rows.push_back(-(from - shownUntil));
        for (int n = std::max(from, shownUntil); n < to; ++n)
            m_rows.push_back(n);
        shownUntil = std::max(shownUntil, to);
    }
    if (shownUntil < size && shownUntil > 0)
        m_rows.push_back(-(size - shownUntil));
}

const ComparedItem::Row* ComparedLinesModel::line(int row) const
{
    const int at = row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)] : -1;
    return at < 0 || m_item == nullptr ? nullptr : &m_item->rows[static_cast<std::size_t>(at)];
}

QVariant ComparedLinesModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const bool number = index.column() == LeftNumber || index.column() == RightNumber;
    if (role == Qt::TextAlignmentRole)
        return QVariant((number ? Qt::AlignRight : index.column() == Sign ? Qt::AlignHCenter : Qt::AlignLeft) | Qt::AlignVCenter);
    const ComparedItem::Row* row = line(index.row());
    if (row == nullptr) {
        if (role == Qt::DisplayRole && index.column() == Left)
            return tr("… %n line(s) the same", nullptr, -m_rows[static_cast<std::size_t>(index.row())]);
        return {};
    }
    switch (role) {
    case Qt::FontRole: return theme::monospaceFont();
    case Qt::ToolTipRole: return index.column() == Left ? row->leftText : index.column() == Right ? row->rightText : QString();
    case DiffersRole:
        switch (row->kind) {
        case Kind::Same: return false;
        case Kind::OnlyLeft: return index.column() <= Sign;
        case Kind::OnlyRight: return index.column() >= Sign;
        case Kind::Changed:
        case Kind::Moved: return true;
        }
        return false;
    case Qt::DisplayRole: break;
    default: return {};
    }
    switch (index.column()) {
    case LeftNumber: return count(row->left);
    case Left: return withoutComment(row->leftText);
    case Sign:
        switch (row->kind) {
        case Kind::Same: return QString();
        case Kind::OnlyLeft: return QStringLiteral("−");
        case Kind::OnlyRight: return QStringLiteral("+");
        case Kind::Changed: return QStringLiteral("≠");
        case Kind::Moved: return QStringLiteral("↕");
        }
        return {};
    case RightNumber: return count(row->right);
    case Right: return withoutComment(row->rightText);
    default: break;
    }
    return {};
}

QVariant ComparedLinesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && (section == LeftNumber || section == RightNumber))
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case LeftNumber:
    case RightNumber: return tr("Rule");
    case Left: return m_left;
    case Right: return m_right;
    default: break;
    }
    return {};
}

void ComparedLinesModel::retranslate()
{
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

} // namespace medic::packetpath
