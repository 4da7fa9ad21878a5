// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/query_bar.h"

#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpression>
#include <QSettings>
#include <QStringListModel>
#include <QVBoxLayout>

namespace medic::packetpath {

namespace {
constexpr int remembered = 12, offered = 12;
} // namespace

QString queryOn(const QString& query, const QString& node)
{
    static const QRegularExpression place(QStringLiteral("\\s+(on|at|@|via|在)\\s+\\S+"), QRegularExpression::CaseInsensitiveOption);
    QString text = query.trimmed();
    text.remove(place);
    return text + QStringLiteral(" on ") + node;
}

QueryBar::QueryBar(QWidget* parent)
    : QWidget(parent)
    , m_edit(new QLineEdit)
    , m_go(new PrimaryButton)
    , m_history(iconButton(QStringLiteral("clock"), nullptr))
    , m_node(new QToolButton)
    , m_recentMenu(new QMenu(this))
    , m_nodeMenu(new QMenu(this))
    , m_mistake(new PlainLabel)
    , m_completer(new QCompleter(this))
    , m_words(new QStringListModel(this))
    , m_names(std::make_shared<const netfilter::PathNames>())
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(theme::innerGap);
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::gridStep);
    m_edit->setObjectName(QStringLiteral("pathQuery"));
    m_edit->setFont(theme::monospaceFont());
    m_edit->setMinimumHeight(32);
    m_edit->setClearButtonEnabled(true);
    m_edit->installEventFilter(this);
    m_go->setMinimumHeight(32);
    m_history->setMenu(m_recentMenu);
    m_history->setPopupMode(QToolButton::InstantPopup);
    m_node->setMenu(m_nodeMenu);
    m_node->setPopupMode(QToolButton::InstantPopup);
    m_node->setAutoRaise(true);
    m_node->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_node->setIcon(theme::icon(QStringLiteral("server")));
    line->addWidget(m_edit, 1);
    line->addWidget(m_history);
    line->addWidget(m_node);
    line->addWidget(m_go);
    m_mistake->setWordWrap(true);
    m_mistake->hide();
    rows->addLayout(line);
    rows->addWidget(m_mistake);

    m_completer->setModel(m_words);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setWidget(m_edit);
    connect(m_completer, qOverload<const QString&>(&QCompleter::activated), this, [this](const QString& chosen) {
        m_edit->setText(chosen);
        if (chosen.endsWith(u' '))
            complete();
    });
    connect(m_edit, &QLineEdit::textEdited, this, &QueryBar::complete);
    connect(m_edit, &QLineEdit::returnPressed, this, &QueryBar::ask);
    connect(m_go, &QPushButton::clicked, this, &QueryBar::ask);
    connect(m_recentMenu, &QMenu::aboutToShow, this, &QueryBar::fillRecent);
    connect(m_nodeMenu, &QMenu::aboutToShow, this, &QueryBar::fillNodes);
    m_recent = QSettings().value(QStringLiteral("path/recent")).toStringList();
    setFocusProxy(m_edit);
    retranslate();
}

void QueryBar::setNames(const NamesPtr& names)
{
    m_names = names;
    m_node->setVisible(names->collected.size() > 1);
}

void QueryBar::setText(const QString& text)
{
    m_edit->setText(text);
    m_edit->setCursorPosition(int(text.size()));
}

QString QueryBar::text() const { return m_edit->text(); }

void QueryBar::showMistake(const QString& sentence)
{
    m_mistake->setText(sentence);
    m_mistake->setVisible(!sentence.isEmpty());
    m_edit->setAccessibleDescription(sentence);
}

void QueryBar::showNode(const QString& node) { m_node->setText(lineSafe(node).replace(u'&', QStringLiteral("&&"))); }

void QueryBar::remember(const QString& query)
{
    m_recent.removeAll(query);
    m_recent.prepend(query);
    while (m_recent.size() > remembered)
        m_recent.removeLast();
    QSettings().setValue(QStringLiteral("path/recent"), m_recent);
}

void QueryBar::takeFocus()
{
    m_edit->setFocus();
    m_edit->selectAll();
}

void QueryBar::complete()
{
    showMistake({});
    QStringList offers;
    const QString typed = m_edit->text();
    if (typed.trimmed().isEmpty())
        offers = m_recent;
    else
        for (const auto& one : netfilter::completePathQuery(typed.toStdString(), *m_names, offered))
            offers.append(lineSafe(one));
    m_words->setStringList(offers);
    if (offers.isEmpty() || !m_edit->hasFocus()) {
        m_completer->popup()->hide();
        return;
    }
    m_completer->setCompletionPrefix(typed);
    m_completer->complete();
}

bool QueryBar::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_edit && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Down && !m_completer->popup()->isVisible()) {
            complete();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void QueryBar::ask()
{
    m_completer->popup()->hide();
    Q_EMIT asked(m_edit->text().trimmed());
}

void QueryBar::askOn(const QString& node)
{
    Q_EMIT nodeWanted(node);
    if (m_edit->text().trimmed().isEmpty())
        return;
    setText(queryOn(m_edit->text(), node));
    ask();
}

void QueryBar::fillRecent()
{
    m_recentMenu->clear();
    for (const QString& query : m_recent)
        connect(m_recentMenu->addAction(lineSafe(query).replace(u'&', QStringLiteral("&&"))), &QAction::triggered, this, [this, query] {
            setText(query);
            ask();
        });
    if (m_recent.isEmpty())
        m_recentMenu->addAction(tr("No queries yet"))->setEnabled(false);
}

void QueryBar::fillNodes()
{
    m_nodeMenu->clear();
    for (const auto& node : m_names->collected) {
        const QString name = QString::fromStdString(node);
        connect(m_nodeMenu->addAction(lineSafe(name).replace(u'&', QStringLiteral("&&"))), &QAction::triggered, this, [this, name] { askOn(name); });
    }
}

void QueryBar::retranslate()
{
    m_edit->setPlaceholderText(tr("pod web-0 -> svc default/api:80    10.0.0.5 -> 10.96.0.1:443 tcp    node n2 -> 127.0.0.1:30080"));
    m_edit->setAccessibleName(tr("Packet to follow"));
    m_go->setText(tr("Follow"));
    m_history->setToolTip(tr("Recent queries"));
    m_node->setToolTip(tr("Follow it on another node"));
    m_node->setAccessibleName(tr("Node"));
}

} // namespace medic::packetpath
