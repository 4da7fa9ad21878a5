// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QModelIndexList>
#include <QString>
#include <QStringList>

class QAbstractItemModel;
class QAbstractItemView;

namespace medic {

/// A table as text for the clipboard or a file. Cells are shown literally; CSV is RFC 4180 and guards cells that a
/// spreadsheet would run as a formula; Markdown escapes what would be markup.
struct TableText {
    QStringList header;
    QList<QStringList> rows;

    [[nodiscard]] QString asText() const; ///< aligned with spaces
    [[nodiscard]] QString asCsv() const;
    [[nodiscard]] QString asMarkdown() const;
};

/// The rows of a model (all, unfolded), or only those selected. Children are indented by two spaces.
[[nodiscard]] TableText tableOf(const QAbstractItemModel& model, const QModelIndexList& selected = {});

/// Gives a view Ctrl+C (text) and a context menu: copy as text, CSV, Markdown; the selection, or all without one.
void makeCopyable(QAbstractItemView* view);

} // namespace medic
