// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/compare_page.h"

#include "diagnostics/collect/words.h"
#include "widgets/packetpath/compare_models.h"
#include "widgets/panels/buttons.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/tables.h"
#include "widgets/text/escape.h"
#include "widgets/text/numbers.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/fonts.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QLocale>
#include <QMetaObject>
#include <QPainter>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace medic::packetpath {

namespace {

enum MomentRole { SweepRole = Qt::UserRole, FileRole, AskRole };

/// A wash behind the cells that are not the same on the other side.
class LinesDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const theme::Colours& colours = theme::Colours::of(option.palette);
        QStyleOptionViewItem shown = option;
        if (!option.state.testFlag(QStyle::State_Selected)) {
            if (index.data(ComparedLinesModel::DiffersRole).toBool()) {
                QColor wash = colours.warning;
                wash.setAlphaF(0.18f);
                painter->fillRect(option.rect, wash);
            } else {
                shown.palette.setColor(QPalette::Text, colours.muted);
            }
        }
        QStyledItemDelegate::paint(painter, shown, index);
    }
};

} // namespace

ComparePage::ComparePage(QWidget* parent)
    : QWidget(parent)
    , m_pickers {{new QComboBox, new QComboBox, {}}, {new QComboBox, new QComboBox, {}}}
    , m_swap(new QToolButton)
    , m_everything(new QCheckBox)
    , m_words(new QLineEdit)
    , m_summary(new PlainLabel(PlainLabel::Kind::Strong))
    , m_items(new ComparedItemsModel(this))
    , m_lines(new ComparedLinesModel(this))
    , m_list(newTree())
    , m_table(newTree())
    , m_texts {new PlainLabel(PlainLabel::Kind::Monospace), new PlainLabel(PlainLabel::Kind::Monospace)}
    , m_split(new QSplitter)
    , m_empty(new EmptyState(QStringLiteral("nodes")))
    , m_stack(new QStackedWidget)
{
    build();
    m_pool.setMaxThreadCount(1);
    for (Picker& picker : m_pickers) {
        connect(picker.node, &QComboBox::activated, this, &ComparePage::start);
        connect(picker.moment, &QComboBox::activated, this, [this, &picker](int moment) { pick(picker, moment); });
    }
    connect(m_swap, &QToolButton::clicked, this, [this] { compare(side(1), side(0)); });
    connect(m_everything, &QCheckBox::toggled, m_lines, &ComparedLinesModel::setEverything);
    connect(m_words, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_items->setWords(words);
        m_list->setCurrentIndex(m_items->index(0, 0));
        choose();
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ComparePage::choose);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ComparePage::chooseLine);
    retranslate();
}

ComparePage::~ComparePage()
{
    m_newest = ~quint64(0);
    m_pool.clear();
    m_pool.waitForDone();
}

void ComparePage::build()
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::gridStep);
    auto* head = new QHBoxLayout;
    head->setSpacing(theme::gridStep);
    m_swap->setText(QStringLiteral("⇄"));
    m_swap->setAutoRaise(true);
    for (int i = 0; i < 2; ++i) {
        if (i == 1)
            head->addWidget(m_swap);
        m_pickers[i].node->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        m_pickers[i].moment->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        head->addWidget(m_pickers[i].node);
        head->addWidget(m_pickers[i].moment);
    }
    head->addStretch(1);
    rows->addLayout(head);

    m_words->setClearButtonEnabled(true);
    m_list->setModel(m_items);
    m_list->setRootIsDecorated(false);
    m_list->setSortingEnabled(false);
    m_list->setUniformRowHeights(true);
    columns(m_list, {{ComparedItemsModel::Area, 96}, {ComparedItemsModel::Lost, 44}, {ComparedItemsModel::Won, 44}, {ComparedItemsModel::Moved, 44}}, ComparedItemsModel::Name);
    auto* left = new QWidget;
    auto* leftRows = new QVBoxLayout(left);
    leftRows->setContentsMargins(0, 0, 0, 0);
    leftRows->setSpacing(theme::gridStep);
    leftRows->addWidget(m_words);
    leftRows->addWidget(m_list, 1);

    m_table->setModel(m_lines);
    m_table->setItemDelegate(new LinesDelegate(m_table));
    m_table->setRootIsDecorated(false);
    m_table->setSortingEnabled(false);
    m_table->setUniformRowHeights(true);
    columns(m_table, {{ComparedLinesModel::LeftNumber, 48}, {ComparedLinesModel::Left, 300}, {ComparedLinesModel::Sign, 28}, {ComparedLinesModel::RightNumber, 48}},
            ComparedLinesModel::Right);
    auto* right = new QWidget;
    auto* rightRows = new QVBoxLayout(right);
    rightRows->setContentsMargins(0, 0, 0, 0);
    rightRows->setSpacing(theme::gridStep);
    rightRows->addWidget(m_everything);
    rightRows->addWidget(m_table, 1);
    auto* texts = new QHBoxLayout;
    texts->setSpacing(theme::groupGap);
    for (PlainLabel* one : m_texts) {
        one->setWordWrap(true);
        one->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        one->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        one->setMinimumHeight(3 * fontMetrics().height());
        texts->addWidget(one, 1);
    }
    rightRows->addLayout(texts);

    m_split->addWidget(left);
    m_split->addWidget(right);
    m_split->setChildrenCollapsible(false);
    m_split->setStretchFactor(0, 2);
    m_split->setStretchFactor(1, 5);
    m_split->setSizes({380, 800});
    auto* all = new QWidget;
    auto* inner = new QVBoxLayout(all);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(theme::gridStep);
    inner->addWidget(m_summary);
    inner->addWidget(m_split, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(all);
    rows->addWidget(m_stack, 1);
}

void ComparePage::setIncident(const Snapshot& now, const QString& file, const std::vector<std::string>& nodes, const std::vector<SweepInfo>& sweeps,
                              const Reader& reader)
{
    const CompareSide before[] {side(0), side(1)};
    const bool other = file != m_file;
    m_now = now;
    m_file = file;
    m_nodes.clear();
    for (const auto& node : nodes)
        m_nodes.append(QString::fromStdString(node));
    m_sweeps = sweeps;
    m_reader = reader;
    m_moments.clear();
    CompareSide wanted[] {before[0], before[1]};
    if (other || !m_nodes.contains(before[0].node)) { // what is likeliest asked: the two last moments, or two nodes
        const QString first = m_nodes.value(0), second = m_nodes.value(1, first);
        const bool moments = m_sweeps.size() > 1 && m_nodes.size() < 2;
        wanted[0] = {first, moments ? quint64(m_sweeps[m_sweeps.size() - 2].id) : 0, {}};
        wanted[1] = {moments ? first : second, 0, {}};
    }
    for (int i = 0; i < 2; ++i)
        fillPicker(m_pickers[i], wanted[i]);
    start();
}

void ComparePage::fillPicker(Picker& picker, const CompareSide& wanted)
{
    picker.file = wanted.file;
    QStringList nodes = m_nodes;
    if (!wanted.node.isEmpty() && !nodes.contains(wanted.node))
        nodes.append(wanted.node);
    picker.node->clear();
    for (const QString& node : nodes)
        picker.node->addItem(lineSafe(node), node);
    picker.node->setCurrentIndex(picker.node->findData(wanted.node));
    QComboBox* moment = picker.moment;
    moment->clear();
    moment->addItem(tr("newest"), 0);
    for (auto sweep = m_sweeps.rbegin(); sweep != m_sweeps.rend(); ++sweep) {
        if (sweep == m_sweeps.rbegin())
            continue; // that is now
        moment->addItem(exactTime(sweep->finished.value_or(sweep->started)), quint64(sweep->id));
        if (sweep->id == wanted.sweep && wanted.file.isEmpty())
            moment->setCurrentIndex(moment->count() - 1);
    }
    if (!picker.file.isEmpty()) {
        moment->addItem(lineSafe(QFileInfo(picker.file).fileName()), 0);
        moment->setItemData(moment->count() - 1, picker.file, FileRole);
        moment->setCurrentIndex(moment->count() - 1);
    }
    moment->addItem(tr("Another recording…"), 0);
    moment->setItemData(moment->count() - 1, true, AskRole);
}

void ComparePage::pick(Picker& picker, int moment)
{
    if (!picker.moment->itemData(moment, AskRole).toBool()) {
        start();
        return;
    }
    auto* dialog = new QFileDialog(this, tr("A recording to compare with"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilter(tr("Incidents (*.medic)"));
    const int which = &picker == &m_pickers[0] ? 0 : 1;
    connect(dialog, &QFileDialog::fileSelected, this, [this, which](const QString& file) {
        CompareSide sides[] {side(0), side(1)};
        sides[which].sweep = 0;
        sides[which].file = file;
        compare(sides[0], sides[1]);
    });
    connect(dialog, &QFileDialog::rejected, this, [this, which] { fillPicker(m_pickers[which], {side(which).node, 0, {}}); });
    dialog->open();
}

CompareSide ComparePage::side(int which) const
{
    const Picker& picker = m_pickers[which];
    return {picker.node->currentData().toString(), picker.moment->currentData().toULongLong(), picker.moment->currentData(FileRole).toString()};
}

void ComparePage::compare(const CompareSide& left, const CompareSide& right)
{
    fillPicker(m_pickers[0], left);
    fillPicker(m_pickers[1], right);
    start();
}

void ComparePage::start()
{
    const CompareSide left = side(0), right = side(1);
    const quint64 number = ++m_newest;
    if (left.node.isEmpty() || right.node.isEmpty() || left == right) {
        show(nullptr);
        return;
    }
    m_summary->setText(tr("Comparing…"));
    Snapshot then[2];
    for (int i = 0; i < 2; ++i) {
        const CompareSide& one = i == 0 ? left : right;
        if (!one.file.isEmpty())
            continue;
        if (one.sweep == 0) {
            then[i] = m_now;
            continue;
        }
        if (m_moments.count(one.sweep) == 0) {
            auto read = m_reader(one.sweep);
            if (!read) {
                auto failed = std::make_shared<Comparison>();
                failed->left = left;
                failed->right = right;
                failed->error = read.error();
                show(failed);
                return;
            }
            m_moments[one.sweep] = std::move(*read);
        }
        then[i] = m_moments[one.sweep];
    }
    m_pool.start([this, left, right, before = then[0], after = then[1], number] {
        if (number != m_newest)
            return;
        const ComparisonPtr ready = compareSides(left, before, right, after);
        QMetaObject::invokeMethod(
            this, [this, number, ready] {
                if (number == m_newest)
                    show(ready);
            },
            Qt::QueuedConnection);
    });
}

QString ComparePage::sideName(const CompareSide& side) const
{
    const QString node = lineSafe(side.node);
    if (!side.file.isEmpty())
        return tr("%1 in %2").arg(node, lineSafe(QFileInfo(side.file).fileName()));
    for (const SweepInfo& sweep : m_sweeps)
        if (sweep.id == side.sweep)
            return tr("%1 at %2").arg(node, exactTime(sweep.finished.value_or(sweep.started)));
    return node;
}

void ComparePage::show(const ComparisonPtr& comparison)
{
    m_comparison = comparison;
    m_lines->show(nullptr, nullptr);
    m_items->setComparison(comparison);
    updateHead();
    if (m_items->rowCount() > 0) {
        m_list->setCurrentIndex(m_items->index(0, 0));
        choose();
    }
    Q_EMIT compared();
}

void ComparePage::updateHead()
{
    const bool any = m_comparison && !m_comparison->error && !m_comparison->items.empty();
    m_stack->setCurrentIndex(any ? 1 : 0);
    if (!m_comparison) {
        m_empty->setWords(tr("Choose what to compare"), m_nodes.size() < 2 && m_sweeps.size() < 2
                              ? tr("There is one node at one moment here. Another sweep, or another recording, gives it something to be compared with.")
                              : tr("Choose two nodes, or one node at two moments."));
        return;
    }
    if (m_comparison->error) {
        m_empty->setWords(tr("This recording cannot be read"), words::sentence(*m_comparison->error));
        return;
    }
    const QString left = sideName(m_comparison->left), right = sideName(m_comparison->right);
    if (!any) {
        m_empty->setWords(tr("No difference"), tr("%1 and %2 mean the same, rule by rule: counters, comments, generated names and the order of rules that take nothing from one another aside.")
                                                   .arg(left, right));
        return;
    }
    int chains = 0, other = 0, unknown = 0;
    for (const ComparedItem& item : m_comparison->items)
        ++(item.unknown ? unknown : item.area == "rules" ? chains : other);
    QString text = tr("%1 of %2 chains differ").arg(QLocale().toString(chains), QLocale().toString(qulonglong(m_comparison->chains)));
    if (other > 0)
        text += QStringLiteral(" · ") + tr("other differences: %1").arg(QLocale().toString(other));
    if (unknown > 0)
        text += QStringLiteral(" · ") + tr("not comparable: %1").arg(QLocale().toString(unknown));
    m_summary->setText(text);
    m_lines->setHeads(left, right);
}

void ComparePage::choose()
{
    m_lines->show(m_comparison, m_items->item(m_list->currentIndex().row()));
    // The first difference, with its texts told below.
    for (int row = 0; row < m_lines->rowCount(); ++row)
        if (const auto* line = m_lines->line(row); line && line->kind != ComparedItem::Row::Kind::Same) {
            m_table->setCurrentIndex(m_lines->index(row, 0));
            m_table->scrollTo(m_lines->index(row, 0));
            break;
        }
    chooseLine();
}

void ComparePage::chooseLine()
{
    const ComparedItem::Row* line = m_lines->line(m_table->currentIndex().row());
    m_texts[0]->setText(line ? line->leftText : QString());
    m_texts[1]->setText(line ? line->rightText : QString());
}

bool ComparePage::stepBack()
{
    if (m_words->text().isEmpty())
        return false;
    m_words->clear();
    return true;
}

void ComparePage::takeFocus() { m_words->setFocus(); }

void ComparePage::retranslate()
{
    m_swap->setToolTip(tr("Swap the sides"));
    m_everything->setText(tr("Show what is the same, too"));
    m_words->setPlaceholderText(tr("Filter by chain, address, port"));
    m_words->setAccessibleName(tr("Filter the differences"));
    m_list->setAccessibleName(tr("What differs"));
    m_table->setAccessibleName(tr("Both sides, line by line"));
    const QString names[] {tr("left"), tr("right")};
    for (int i = 0; i < 2; ++i) {
        m_pickers[i].node->setAccessibleName(tr("Node, %1").arg(names[i]));
        m_pickers[i].moment->setAccessibleName(tr("Moment, %1").arg(names[i]));
        fillPicker(m_pickers[i], side(i));
    }
    m_items->retranslate();
    m_lines->retranslate();
    updateHead();
}

} // namespace medic::packetpath
