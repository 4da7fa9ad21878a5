// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/views/view.h"

#include <QMainWindow>

#include <memory>

class QSplitter;
class QStackedWidget;

namespace medic {

class CommandPalette;
class EvidenceDrawer;
class HeaderBar;
class IncidentDesk;
class PasteSearch;
class Rail;
class Secrets;
class StartView;
class StatusStrip;
struct ClusterProfile;
struct Error;
namespace theme {
class Theme;
}

/// What the window works with; all outlive it.
struct WindowServices {
    ViewContext context;
    theme::Theme* theme = nullptr;
    std::shared_ptr<Secrets> secrets;
};

/// The window: rail, header, content, evidence drawer, status. Wiring only: it passes on what the parts ask for.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(const WindowServices& services, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Registers a view: start, nodes, findings, path, guide, report, knowledge (Alt+1…7) stand in the rail in this order.
    void addView(View* view);
    [[nodiscard]] View* view(const QString& id) const;
    [[nodiscard]] View* currentView() const;
    [[nodiscard]] EvidenceDrawer* drawer() const { return m_drawer; }
    [[nodiscard]] CommandPalette* palettePopup() const { return m_palette; }

    bool go(const Place& place);
    /// Read beside the screen; answered by openingEnded(). What is open stays open when the file cannot be read.
    void openIncident(const QString& path);
    void connectTo(const ClusterProfile& profile);
    bool connectToSaved(const QString& name); ///< false: there is no profile of this name
    void showEvidence(const Evidence& evidence);
    void toggleDrawer();
    void say(const QString& sentence);
    void say(const Error& problem); ///< stands out
    /// Catalogue and library are filled now.
    void knowledgeArrived();
    /// What is on the screen is still being made; a picture of it waits.
    [[nodiscard]] bool busy() const;

Q_SIGNALS:
    void openingEnded(bool opened);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void buildActions();
    void wireSession();
    void openPalette();
    void paletteSearch(const QString& text);
    void stepBack();
    void showHeader();
    void retranslate();
    void askConnect(const QString& profile);
    void switchLanguage();
    void run(const QString& command);

    WindowServices m_services;
    HeaderBar* m_header;
    Rail* m_rail;
    QStackedWidget* m_content;
    QSplitter* m_split;
    EvidenceDrawer* m_drawer;
    StatusStrip* m_status;
    CommandPalette* m_palette;
    IncidentDesk* m_desk = nullptr;
    PasteSearch* m_paste = nullptr;
    QString m_title; ///< of what is open
    QList<View*> m_views;
    QList<Place> m_history;
    bool m_goingBack = false;
    Place m_later; ///< a guide that was chosen before there was anything to look at
};

/// Every view of the rail, with what they ask of the window; a guide view of one's own stays.
void addStandardViews(MainWindow& window, const ViewContext& context);

} // namespace medic
