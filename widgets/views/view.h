// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/model/finding.h"

#include <QEvent>
#include <QList>
#include <QString>
#include <QWidget>

namespace medic {

namespace collect {
class Session;
}
namespace playbooks {
class Library;
}
class TeamNotes;

/// What every view is given by its constructor. Owned by the window; all outlive the views.
struct ViewContext {
    collect::Session* session = nullptr; ///< never null; open or not (Session::opened, closed)
    const Catalogue* catalogue = nullptr; ///< never null
    const playbooks::Library* library = nullptr; ///< never null
    TeamNotes* notes = nullptr; ///< may be null: none are kept
};

/// A place in the window: a view, and what to show in it. Views define their own keys:
/// nodes: node name · findings: Finding::key() · guide: playbook id · path: a query ("pod a -> svc b:80") ·
/// knowledge: a finding's id.
struct Place {
    QString view; ///< View::id()
    QString key; ///< empty: the view as it stands
    QString detail; ///< further words for the view; may be empty (guide: Finding::key() that led there)
    bool operator==(const Place&) const = default;
};

/// One line of the command palette (Ctrl+K).
struct PaletteItem {
    QString icon; ///< a name in resources/icons
    QString title; ///< what is searched and shown; plain text, may be hostile
    QString detail; ///< shown faint at the right
    Place place;
    int litFrom = 0, litLength = 0; ///< the part of `detail` that is lit: what matched in a pasted text
};

/// One page of the content stack with its entry in the rail. Lives in the screen's thread, owned by the window.
/// Takes its data from the session's signals; asks the window for everything outside itself by signals.
/// Words are made in retranslate(), which is called on construction by the window and on each language change.
class View : public QWidget
{
    Q_OBJECT

public:
    explicit View(const ViewContext& context, QWidget* parent = nullptr) : QWidget(parent), m_context(context) { }

    [[nodiscard]] virtual QString id() const = 0; ///< stable: "nodes"; also for --view
    [[nodiscard]] virtual QString name() const = 0; ///< in the rail, in the current language
    [[nodiscard]] virtual QString iconName() const = 0; ///< resources/icons/NAME.svg

    /// Shows `key` (see Place); false: there is no such thing here.
    virtual bool open(const Place& place) { return place.key.isEmpty(); }
    /// Esc: one step back inside the view; false: nothing to step back from.
    virtual bool stepBack() { return false; }
    /// Ctrl+F: puts the focus into the view's filter; false: it has none.
    virtual bool focusFilter() { return false; }
    /// What the command palette offers of this view now.
    [[nodiscard]] virtual QList<PaletteItem> paletteItems() const { return {}; }
    /// Puts every word of the view again, in the current language.
    virtual void retranslate() { }
    /// Catalogue and library were empty and now hold what they hold: the program reads them beside the first picture.
    virtual void knowledgeArrived() { retranslate(); }
    /// Something that belongs to the picture is still being made: its pages, its path. A picture of the window waits.
    [[nodiscard]] virtual bool busy() const { return false; }

Q_SIGNALS:
    /// Open the evidence drawer on this observation, these lines lit.
    void evidenceWanted(const medic::Evidence& evidence);
    /// Go somewhere else in the window.
    void placeWanted(const medic::Place& place);
    /// One sentence for the status bar.
    void said(const QString& sentence);

protected:
    void changeEvent(QEvent* event) override
    {
        if (event->type() == QEvent::LanguageChange)
            retranslate();
        QWidget::changeEvent(event);
    }

    [[nodiscard]] collect::Session& session() const { return *m_context.session; }
    [[nodiscard]] const Catalogue& catalogue() const { return *m_context.catalogue; }
    [[nodiscard]] const playbooks::Library& library() const { return *m_context.library; }
    [[nodiscard]] const ViewContext& context() const { return m_context; }

private:
    ViewContext m_context;
};

} // namespace medic
