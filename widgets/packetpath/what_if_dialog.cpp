// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/packetpath/what_if_dialog.h"

#include "widgets/packetpath/what_if_words.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"

#include <QComboBox>
#include <QCompleter>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QSpinBox>
#include <QVBoxLayout>

namespace medic::packetpath {

namespace {

constexpr const char* tables[] {"nat", "filter", "mangle", "raw", "security"};

bool isRule(int kind) { return kind <= WhatIfDialog::Move; }

/// A rule's specification: what stands behind "-A CHAIN".
QString specification(const iptables::Rule& rule)
{
    const QString text = QString::fromUtf8(rule.text.data(), qsizetype(rule.text.size()));
    return text.startsWith(QLatin1String("-A ")) ? text.section(QLatin1Char(' '), 2) : text;
}

} // namespace

WhatIfDialog::WhatIfDialog(const LoadedNodePtr& node, WhatIf current, bool v6, QWidget* parent)
    : QDialog(parent)
    , m_node(node)
    , m_whatIf(std::move(current))
    , m_v6(v6)
    , m_kind(new QComboBox)
    , m_form(nullptr)
    , m_formPlace(new QVBoxLayout)
    , m_list(new QVBoxLayout)
    , m_mistake(new PlainLabel)
    , m_go(new PrimaryButton)
{
    setWindowTitle(tr("What if…"));
    resize(640, 460);
    auto* all = new QVBoxLayout(this);
    all->setSpacing(theme::gridStep);
    all->addWidget(new PlainLabel(tr("What if, on %1:").arg(lineSafe(m_whatIf.node)), PlainLabel::Kind::Heading));
    auto* hint = new PlainLabel(tr("The packet is followed again, and all Services are audited again, on a copy of the rules. Nothing is run; the commands that would do it are told to be copied."),
                                PlainLabel::Kind::Muted);
    hint->setWordWrap(true);
    all->addWidget(hint);
    all->addLayout(m_list);
    all->addSpacing(theme::gridStep);
    const QString kinds[] {tr("a rule were not there"), tr("a rule were different"), tr("there were another rule"), tr("a rule stood elsewhere"),
                           tr("there were a hostPort"), tr("a hostPort were not there"), tr("a sysctl had another value")};
    static_assert(std::size(kinds) == std::size_t(KindCount));
    for (const QString& kind : kinds)
        m_kind->addItem(kind);
    m_kind->setObjectName(QStringLiteral("whatIfKind"));
    m_kind->setAccessibleName(tr("What would be different"));
    all->addWidget(m_kind);
    all->addLayout(m_formPlace);
    m_mistake->setWordWrap(true);
    all->addWidget(m_mistake);
    auto* more = new QHBoxLayout;
    auto* addButton = new QPushButton(tr("Add this change"));
    addButton->setObjectName(QStringLiteral("addChange"));
    more->addWidget(addButton);
    more->addStretch(1);
    all->addLayout(more);
    all->addStretch(1);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    auto* cancel = new QPushButton(tr("Cancel"));
    buttons->addWidget(cancel);
    m_go->setText(tr("Follow the packet"));
    m_go->setObjectName(QStringLiteral("followThought"));
    buttons->addWidget(m_go);
    all->addLayout(buttons);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &WhatIfDialog::showFields);
    connect(addButton, &QPushButton::clicked, this, &WhatIfDialog::add);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_go, &QPushButton::clicked, this, [this] {
        // What stands in the fields is meant as well, where nothing was added yet.
        if (m_whatIf.changes.empty() && !add())
            return;
        const WhatIf wish = m_whatIf;
        accept();
        Q_EMIT wanted(wish);
    });
    showFields();
    showChanges();
}

std::string WhatIfDialog::backend() const
{
    if (!m_backend.empty())
        return m_backend;
    const auto& legacy = m_v6 ? m_node->state.legacy6 : m_node->state.legacy4;
    const auto& nft = m_v6 ? m_node->state.nft6 : m_node->state.nft4;
    return nft && (!legacy || legacy->ruleCount() < nft->ruleCount()) ? "nft-compat" : "legacy";
}

const iptables::Rule* WhatIfDialog::currentRule() const
{
    const bool legacy = backend() == "legacy";
    const auto& save = m_v6 ? (legacy ? m_node->state.legacy6 : m_node->state.nft6) : (legacy ? m_node->state.legacy4 : m_node->state.nft4);
    const auto* table = save ? save->table(m_table.toStdString()) : nullptr;
    const auto* chain = table ? table->find(m_chain.toStdString()) : nullptr;
    return chain && m_number >= 1 && static_cast<std::size_t>(m_number) <= chain->rules.size() ? &chain->rules[static_cast<std::size_t>(m_number) - 1] : nullptr;
}

void WhatIfDialog::setKind(Kind kind) { m_kind->setCurrentIndex(kind); }

void WhatIfDialog::setPlace(const TraceStep& step)
{
    m_backend = step.backend;
    m_table = QString::fromStdString(step.table);
    m_chain = QString::fromStdString(step.chain);
    m_number = m_to = std::max(1, step.rule);
    m_rule.clear();
    showFields();
}

QLineEdit* WhatIfDialog::field(const QString& name) const { return findChild<QLineEdit*>(name); }

QString WhatIfDialog::mistake() const { return m_mistake->text(); }

void WhatIfDialog::fillRule()
{
    auto* edit = field(QStringLiteral("rule"));
    if (edit == nullptr)
        return;
    const iptables::Rule* rule = currentRule();
    if (m_kind->currentIndex() == Edit || m_rule.isEmpty())
        edit->setText(rule && m_kind->currentIndex() == Edit ? specification(*rule) : m_rule);
}

void WhatIfDialog::showFields()
{
    delete m_fields;
    m_fields = new QWidget;
    m_formPlace->addWidget(m_fields);
    m_form = new QFormLayout(m_fields);
    m_form->setContentsMargins(0, 0, 0, 0);
    m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    const auto line = [this](const QString& label, const char* name, QString& value, const QString& placeholder) {
        auto* edit = new QLineEdit(value);
        edit->setObjectName(QLatin1String(name));
        edit->setPlaceholderText(placeholder);
        edit->setFont(theme::monospaceFont());
        connect(edit, &QLineEdit::textChanged, this, [&value](const QString& text) { value = text.trimmed(); });
        m_form->addRow(label, edit);
        return edit;
    };
    const auto number = [this](const QString& label, int& value, int most) {
        auto* spin = new QSpinBox;
        spin->setRange(1, most);
        spin->setValue(value);
        value = spin->value();
        connect(spin, &QSpinBox::valueChanged, this, [&value](int now) { value = now; });
        m_form->addRow(label, spin);
        return spin;
    };
    const auto protocol = [this] {
        auto* box = new QComboBox;
        box->addItems({QStringLiteral("tcp"), QStringLiteral("udp"), QStringLiteral("sctp")});
        box->setCurrentText(m_protocol);
        connect(box, &QComboBox::currentTextChanged, this, [this](const QString& text) { m_protocol = text; });
        m_form->addRow(tr("Protocol"), box);
    };
    const int kind = m_kind->currentIndex();
    if (isRule(kind)) {
        auto* table = new QComboBox;
        for (const char* name : tables)
            table->addItem(QLatin1String(name));
        table->setCurrentText(m_table);
        m_form->addRow(tr("Table"), table);
        auto* chain = line(tr("Chain"), "chain", m_chain, QStringLiteral("KUBE-SERVICES"));
        auto* rule = number(kind == Insert ? tr("Before rule") : tr("Rule"), m_number, 1000000);
        if (kind == Move)
            number(tr("Becomes rule"), m_to, 1000000);
        if (kind == Edit || kind == Insert)
            line(tr("The rule"), "rule", m_rule, QStringLiteral("-p tcp -m tcp --dport 80 -j DROP"));
        connect(table, &QComboBox::currentTextChanged, this, [this](const QString& text) {
            m_table = text;
            fillRule();
        });
        connect(chain, &QLineEdit::textEdited, this, &WhatIfDialog::fillRule);
        connect(rule, &QSpinBox::valueChanged, this, &WhatIfDialog::fillRule);
        fillRule();
    } else if (kind == AddHostPort || kind == RemoveHostPort) {
        protocol();
        number(tr("Port"), m_port, 65535);
        if (kind == AddHostPort)
            line(tr("Pod and its port"), "pod", m_pod, QStringLiteral("10.244.0.12:8443"));
    } else {
        auto* name = line(tr("Name"), "name", m_name, QStringLiteral("net.ipv4.ip_forward"));
        line(tr("Value"), "value", m_value, QStringLiteral("1"));
        if (m_node->state.sysctls) {
            QStringList names;
            for (const auto& [key, value] : m_node->state.sysctls->all())
                names.append(QString::fromStdString(key));
            auto* completer = new QCompleter(names, name);
            completer->setFilterMode(Qt::MatchContains);
            name->setCompleter(completer);
        }
    }
    m_mistake->clear();
}

bool WhatIfDialog::add()
{
    using namespace netfilter;
    const RulePlace place {m_v6, backend(), m_table.toStdString(), m_chain.toStdString(), m_number};
    const auto refuse = [this](const QString& sentence) {
        m_mistake->setText(sentence);
        return false;
    };
    const int kind = m_kind->currentIndex();
    if (isRule(kind) && m_chain.isEmpty())
        return refuse(tr("Which chain?"));
    if ((kind == Edit || kind == Insert) && m_rule.isEmpty())
        return refuse(tr("The rule is missing, as iptables-save prints it without “-A CHAIN”."));
    switch (kind) {
    case Disable: m_whatIf.changes.emplace_back(netfilter::DisableRule {place}); break;
    case Edit: m_whatIf.changes.emplace_back(EditRule {place, m_rule.toStdString()}); break;
    case Insert: m_whatIf.changes.emplace_back(InsertRule {place, m_rule.toStdString()}); break;
    case Move: m_whatIf.changes.emplace_back(MoveRule {place, m_to}); break;
    case AddHostPort:
        if (m_pod.isEmpty())
            return refuse(tr("To which Pod? As in 10.244.0.12:8443."));
        m_whatIf.changes.emplace_back(netfilter::AddHostPort {m_protocol.toStdString(), static_cast<std::uint16_t>(m_port), m_pod.toStdString()});
        break;
    case RemoveHostPort: m_whatIf.changes.emplace_back(netfilter::RemoveHostPort {m_protocol.toStdString(), static_cast<std::uint16_t>(m_port)}); break;
    default:
        if (m_name.isEmpty() || m_value.isEmpty())
            return refuse(tr("Which sysctl, and what value?"));
        m_whatIf.changes.emplace_back(SetSysctl {m_name.toStdString(), m_value.toStdString()});
        break;
    }
    m_mistake->clear();
    showChanges();
    return true;
}

void WhatIfDialog::showChanges()
{
    while (QLayoutItem* item = m_list->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_list->setSpacing(theme::innerGap);
    for (std::size_t i = 0; i < m_whatIf.changes.size(); ++i) {
        auto* line = new QWidget;
        auto* row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        auto* words = new PlainLabel(WhatIfWords::change(m_whatIf.changes[i]), PlainLabel::Kind::Strong);
        words->setWordWrap(true);
        row->addWidget(words, 1);
        auto* remove = iconButton(QStringLiteral("remove"), line);
        remove->setToolTip(tr("Without this change"));
        connect(remove, &QToolButton::clicked, this, [this, i] {
            m_whatIf.changes.erase(m_whatIf.changes.begin() + static_cast<std::ptrdiff_t>(i));
            QMetaObject::invokeMethod(this, &WhatIfDialog::showChanges, Qt::QueuedConnection); // this button goes with it
        });
        row->addWidget(remove, 0, Qt::AlignTop);
        m_list->addWidget(line);
    }
}

} // namespace medic::packetpath
