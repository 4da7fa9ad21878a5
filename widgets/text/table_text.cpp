// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/table_text.h"

#include "widgets/text/escape.h"
#include "widgets/theme/icons.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QItemSelectionModel>
#include <QKeySequence>
#include <QMenu>

#include <algorithm>
#include <functional>

namespace medic {

namespace {

/// Columns on a terminal: wide for Han and full-width forms.
qsizetype columns(const QString& text)
{
    qsizetype count = 0;
    for (const QChar c : text)
        count += c.unicode() >= 0x1100 && (c.script() == QChar::Script_Han || c.unicode() >= 0xff00 || (c.unicode() >= 0x3000 && c.unicode() < 0x3400)) ? 2 : 1;
    return count;
}

QString csvCell(QString cell)
{
    // A spreadsheet runs a cell that begins so; names come from the cluster.
    if (!cell.isEmpty() && QStringLiteral("=+-@\t\r").contains(cell.front()) && cell != QLatin1String("-"))
        cell.prepend(u'\'');
    if (cell.contains(u',') || cell.contains(u'"') || cell.contains(u'\n') || cell.contains(u'\r'))
        return u'"' + cell.replace(u'"', QStringLiteral("\"\"")) + u'"';
    return cell;
}

QString markdownCell(const QString& cell)
{
    QString result;
    for (const QChar c : lineSafe(cell)) {
        if (QStringLiteral("\\`*_{}[]<>|#").contains(c))
            result += u'\\';
        result += c;
    }
    return result;
}

} // namespace

QString TableText::asText() const
{
    QList<qsizetype> width;
    const auto measure = [&width](const QStringList& row) {
        for (qsizetype i = 0; i < row.size(); ++i) {
            if (width.size() <= i)
                width.append(0);
            width[i] = std::max(width[i], columns(row[i]));
        }
    };
    measure(header);
    for (const QStringList& row : rows)
        measure(row);
    QString result;
    const auto put = [&](const QStringList& row) {
        QString line;
        for (qsizetype i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size())
                line += QString(width[i] - columns(row[i]) + 2, u' ');
        }
        while (line.endsWith(u' '))
            line.chop(1);
        result += line + u'\n';
    };
    put(header);
    for (const QStringList& row : rows)
        put(row);
    return result;
}

QString TableText::asCsv() const
{
    QString result;
    const auto put = [&result](const QStringList& row) {
        QStringList cells;
        for (const QString& cell : row)
            cells << csvCell(cell);
        result += cells.join(u',') + QStringLiteral("\r\n");
    };
    put(header);
    for (const QStringList& row : rows)
        put(row);
    return result;
}

QString TableText::asMarkdown() const
{
    QString result;
    const auto put = [&result](const QStringList& row) {
        QStringList cells;
        for (const QString& cell : row)
            cells << markdownCell(cell);
        result += QStringLiteral("| ") + cells.join(QStringLiteral(" | ")) + QStringLiteral(" |\n");
    };
    put(header);
    QStringList rule;
    for (qsizetype i = 0; i < header.size(); ++i)
        rule << QStringLiteral("---");
    result += QStringLiteral("| ") + rule.join(QStringLiteral(" | ")) + QStringLiteral(" |\n");
    for (const QStringList& row : rows)
        put(row);
    return result;
}

TableText tableOf(const QAbstractItemModel& model, const QModelIndexList& selected)
{
    TableText table;
    const int columnCount = model.columnCount();
    for (int column = 0; column < columnCount; ++column)
        table.header << model.headerData(column, Qt::Horizontal).toString();
    QList<QModelIndex> wanted;
    for (const QModelIndex& index : selected)
        wanted << index.siblingAtColumn(0);
    const std::function<void(const QModelIndex&, int)> walk = [&](const QModelIndex& parent, int depth) {
        for (int row = 0; row < model.rowCount(parent); ++row) {
            const QModelIndex first = model.index(row, 0, parent);
            if (wanted.isEmpty() || wanted.contains(first)) {
                QStringList cells;
                for (int column = 0; column < columnCount; ++column)
                    cells << model.index(row, column, parent).data().toString();
                if (!cells.isEmpty())
                    cells.front().prepend(QString(2 * depth, u' '));
                table.rows << cells;
            }
            walk(first, depth + 1);
        }
    };
    walk({}, 0);
    return table;
}

void makeCopyable(QAbstractItemView* view)
{
    enum class Form { Text, Csv, Markdown };
    const auto copy = [view](Form form) {
        if (!view->model())
            return;
        const TableText table = tableOf(*view->model(), view->selectionModel() ? view->selectionModel()->selectedIndexes() : QModelIndexList());
        const QString text = form == Form::Text ? table.asText() : form == Form::Csv ? table.asCsv() : table.asMarkdown();
        QApplication::clipboard()->setText(text);
    };
    auto* shortcut = new QAction(view);
    shortcut->setShortcut(QKeySequence::Copy);
    shortcut->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(shortcut, &QAction::triggered, view, [copy] { copy(Form::Text); });
    view->addAction(shortcut);
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(view, &QWidget::customContextMenuRequested, view, [view, copy](const QPoint& at) {
        auto* menu = new QMenu(view);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        const auto add = [&](const QString& words, Form form) {
            QObject::connect(menu->addAction(theme::icon(QStringLiteral("copy")), words), &QAction::triggered, view, [copy, form] { copy(form); });
        };
        add(QCoreApplication::translate("medic::TableText", "Copy as text"), Form::Text);
        add(QCoreApplication::translate("medic::TableText", "Copy as CSV"), Form::Csv);
        add(QCoreApplication::translate("medic::TableText", "Copy as Markdown"), Form::Markdown);
        menu->popup(view->viewport()->mapToGlobal(at));
    });
}

} // namespace medic
