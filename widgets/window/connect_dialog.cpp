// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/connect_dialog.h"

#include "diagnostics/collect/words.h"
#include "diagnostics/transport/kubeconfig.h"
#include "widgets/panels/buttons.h"
#include "widgets/text/escape.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/window/profile_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QToolButton>

namespace medic {

namespace {

constexpr const char* colours[] = {"", "#b3231b", "#855000", "#44624f", "#00697a", "#6446a0", "#55606a"};

QIcon swatch(const QString& colour)
{
    QPixmap picture(16, 16);
    picture.fill(Qt::transparent);
    if (!colour.isEmpty()) {
        QPainter painter(&picture);
        painter.fillRect(2, 2, 12, 12, QColor(colour));
    }
    return QIcon(picture);
}

} // namespace

ConnectDialog::ConnectDialog(QWidget* parent)
    : QDialog(parent)
    , m_profiles(new QListWidget)
    , m_none(new PlainLabel(PlainLabel::Kind::Muted))
    , m_new(new QPushButton)
    , m_remove(new QPushButton)
    , m_form(new QFormLayout)
    , m_name(new QLineEdit)
    , m_kubeconfig(new QLineEdit)
    , m_context(new QComboBox)
    , m_user(new QLineEdit)
    , m_port(new QSpinBox)
    , m_identities(new QLineEdit)
    , m_jumps(new QLineEdit)
    , m_sshConfig(new QLineEdit)
    , m_sudo(new QCheckBox)
    , m_nodes(new QPlainTextEdit)
    , m_hostsFile(new QLineEdit)
    , m_addressType(new QComboBox)
    , m_apiThrough(new QLineEdit)
    , m_production(new QCheckBox)
    , m_readOnly(new QCheckBox)
    , m_colour(new QComboBox)
    , m_problem(new PlainLabel(PlainLabel::Kind::Problem))
    , m_save(new QPushButton)
    , m_cancel(new QPushButton)
    , m_connect(new PrimaryButton)
{
    resize(900, 700);
    auto* left = new QVBoxLayout;
    m_none->setWordWrap(true);
    m_none->setFixedWidth(220);
    left->addWidget(m_none);
    left->addWidget(m_profiles, 1);
    left->addStretch(0);
    auto* leftButtons = new QHBoxLayout;
    m_new->setIcon(theme::icon(QStringLiteral("add")));
    m_remove->setIcon(theme::icon(QStringLiteral("remove")));
    leftButtons->addWidget(m_new);
    leftButtons->addWidget(m_remove);
    left->addLayout(leftButtons);
    m_profiles->setFixedWidth(220);

    buildForm();
    auto* page = new QWidget;
    page->setLayout(m_form);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(page);

    m_problem->setWordWrap(true);
    m_problem->hide();
    auto* buttons = new QHBoxLayout;
    for (QPushButton* button : {m_cancel, m_save, m_connect})
        button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    buttons->addWidget(m_problem, 1);
    buttons->addStretch(0);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_save);
    buttons->addWidget(m_connect);
    auto* right = new QVBoxLayout;
    right->addWidget(scroll, 1);
    right->addLayout(buttons);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(theme::pageMargin, theme::pageMargin, theme::pageMargin, theme::pageMargin);
    layout->setSpacing(theme::pageMargin);
    layout->addLayout(left);
    layout->addLayout(right, 1);
    m_connect->setDefault(true);

    connect(m_profiles, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0 && std::size_t(row) < m_saved.size())
            fill(m_saved[std::size_t(row)]);
        m_remove->setEnabled(row >= 0);
    });
    connect(m_new, &QPushButton::clicked, this, [this] { choose({}); });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        const int row = m_profiles->currentRow();
        if (row < 0 || std::size_t(row) >= m_saved.size())
            return;
        if (const auto removed = removeProfile(m_saved[std::size_t(row)].name); !removed)
            complain(words::sentence(removed.error()));
        else
            reload({});
    });
    connect(m_kubeconfig, &QLineEdit::editingFinished, this, &ConnectDialog::readContexts);
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, &ConnectDialog::save);
    connect(m_connect, &QPushButton::clicked, this, [this] {
        if (!save())
            return;
        if (const auto made = profile()) {
            accept();
            Q_EMIT connectWanted(*made);
        }
    });
    retranslate();
    reload({});
}

QWidget* ConnectDialog::withBrowse(QLineEdit* field)
{
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* browse = iconButton(QStringLiteral("folder"), row);
    browse->setToolTip(tr("Choose a file"));
    browse->setAccessibleName(browse->toolTip());
    layout->addWidget(field, 1);
    layout->addWidget(browse);
    connect(browse, &QToolButton::clicked, this, [this, field] {
        auto* dialog = new QFileDialog(this, tr("Choose a file"), field->text());
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::ExistingFile);
        connect(dialog, &QFileDialog::fileSelected, field, [field](const QString& file) {
            field->setText(file);
            Q_EMIT field->editingFinished();
        });
        dialog->open();
    });
    return row;
}

void ConnectDialog::buildForm()
{
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_form->setContentsMargins(0, 0, theme::gridStep, 0);
    m_context->setEditable(true);
    m_port->setRange(0, 65535);
    m_nodes->setFont(theme::monospaceFont());
    m_nodes->setFixedHeight(96);
    m_nodes->setTabChangesFocus(true);
    for (const char* type : {"InternalIP", "ExternalIP", "Hostname"})
        m_addressType->addItem(QLatin1String(type));
    for (const char* colour : colours)
        m_colour->addItem(swatch(QLatin1String(colour)), QString(), QLatin1String(colour));
    m_port->setButtonSymbols(QAbstractSpinBox::NoButtons);
    const auto add = [this](QWidget* field) {
        auto* label = new QLabel;
        // Beside a field of one line the words stand in its middle.
        label->setMinimumHeight(field == m_nodes ? 0 : 30);
        label->setAlignment(Qt::AlignLeft | (field == m_nodes ? Qt::AlignTop : Qt::AlignVCenter));
        label->setBuddy(field);
        m_labels.append(label);
        m_form->addRow(label, field);
    };
    const auto section = [this] {
        auto* heading = new PlainLabel(PlainLabel::Kind::Strong);
        heading->setContentsMargins(0, theme::groupGap, 0, 0);
        m_sections.append(heading);
        m_form->addRow(heading);
    };
    add(m_name);
    section();
    add(withBrowse(m_kubeconfig));
    add(m_context);
    add(m_apiThrough);
    section();
    add(m_user);
    add(m_port);
    add(withBrowse(m_identities));
    add(m_jumps);
    add(withBrowse(m_sshConfig));
    add(m_sudo);
    section();
    add(m_addressType);
    add(m_nodes);
    add(withBrowse(m_hostsFile));
    section();
    add(m_production);
    add(m_readOnly);
    add(m_colour);
}

void ConnectDialog::reload(const QString& select)
{
    m_saved = savedProfiles(nullptr);
    const QSignalBlocker blocker(m_profiles);
    m_profiles->clear();
    int row = -1;
    for (std::size_t i = 0; i < m_saved.size(); ++i) {
        const QString name = QString::fromStdString(m_saved[i].name);
        m_profiles->addItem(lineSafe(name));
        if (name == select)
            row = int(i);
    }
    m_profiles->setCurrentRow(row);
    m_profiles->setVisible(!m_saved.empty());
    m_none->setVisible(m_saved.empty());
    m_remove->setEnabled(row >= 0);
    fill(row >= 0 ? m_saved[std::size_t(row)] : ClusterProfile());
}

void ConnectDialog::choose(const QString& name)
{
    reload(name);
    m_name->setFocus();
}

void ConnectDialog::fill(const ClusterProfile& profile)
{
    m_base = profile;
    const auto text = [](const std::string& value) { return QString::fromStdString(value); };
    m_name->setText(text(profile.name));
    m_kubeconfig->setText(text(profile.kubeconfig));
    m_user->setText(text(profile.ssh.user));
    m_port->setValue(profile.ssh.port);
    m_identities->setText(listAsText(profile.ssh.identities));
    m_jumps->setText(listAsText(profile.ssh.jumps));
    m_sshConfig->setText(text(profile.ssh.configFile));
    m_sudo->setChecked(profile.ssh.useSudo);
    m_nodes->setPlainText(nodesAsText(profile.nodes));
    m_hostsFile->setText(text(profile.hostsFile));
    m_addressType->setCurrentText(text(profile.addressType));
    m_apiThrough->setText(text(profile.apiThrough));
    m_production->setChecked(profile.production);
    m_readOnly->setChecked(!profile.allowChanges);
    m_colour->setCurrentIndex(qMax(0, m_colour->findData(text(profile.colour))));
    readContexts();
    m_context->setCurrentText(text(profile.context));
    m_problem->hide();
}

void ConnectDialog::readContexts()
{
    const QString kept = m_context->currentText();
    m_context->clear();
    if (m_kubeconfig->text().isEmpty())
        return;
    // Reads the file only; nothing is contacted.
    if (const auto contexts = kubeconfigContexts(m_kubeconfig->text().toStdString())) {
        for (const std::string& context : *contexts)
            m_context->addItem(QString::fromStdString(context));
        m_problem->hide();
    } else {
        complain(words::sentence(contexts.error()));
    }
    m_context->setCurrentText(kept);
}

Result<ClusterProfile> ConnectDialog::profile() const
{
    ClusterProfile made = m_base;
    made.name = m_name->text().trimmed().toStdString();
    if (made.name.empty())
        return failure(ErrorCode::MissingValue, tr("Name").toStdString());
    made.kubeconfig = m_kubeconfig->text().trimmed().toStdString();
    made.context = m_context->currentText().trimmed().toStdString();
    made.ssh.user = m_user->text().trimmed().toStdString();
    made.ssh.port = std::uint16_t(m_port->value());
    made.ssh.identities = listFromText(m_identities->text());
    made.ssh.jumps = listFromText(m_jumps->text());
    made.ssh.configFile = m_sshConfig->text().trimmed().toStdString();
    made.ssh.useSudo = m_sudo->isChecked();
    auto nodes = nodesFromText(m_nodes->toPlainText());
    if (!nodes)
        return failure(ErrorCode::BadSyntax, tr("Nodes, line %1").arg(QString::fromStdString(nodes.error().where)).toStdString(), nodes.error().detail);
    made.nodes = std::move(*nodes);
    made.hostsFile = m_hostsFile->text().trimmed().toStdString();
    if (!made.hostsFile.empty())
        if (const auto read = readHostsFile(made.hostsFile); !read)
            return tl::unexpected(read.error());
    made.addressType = m_addressType->currentText().toStdString();
    made.apiThrough = m_apiThrough->text().trimmed().toStdString();
    made.production = m_production->isChecked();
    made.allowChanges = !m_readOnly->isChecked();
    made.colour = m_colour->currentData().toString().toStdString();
    return made;
}

bool ConnectDialog::save()
{
    const auto made = profile();
    if (!made) {
        complain(words::sentence(made.error()));
        return false;
    }
    if (const auto saved = saveProfile(*made); !saved) {
        complain(words::sentence(saved.error()));
        return false;
    }
    reload(QString::fromStdString(made->name));
    return true;
}

void ConnectDialog::complain(const QString& sentence)
{
    m_problem->setText(plainSafe(sentence));
    m_problem->show();
}

void ConnectDialog::retranslate()
{
    setWindowTitle(tr("Connect to a cluster"));
    const QStringList labels {tr("Name"), tr("kubeconfig"), tr("Context"), tr("apiserver through"), tr("SSH user"), tr("SSH port"), tr("Key files"),
                              tr("Jump hosts"), tr("SSH configuration"), QString(), tr("Node address"), tr("Nodes"), tr("Hosts file"), QString(), QString(), tr("Mark")};
    for (qsizetype row = 0; row < m_labels.size() && row < labels.size(); ++row)
        m_labels[row]->setText(labels[row]);
    const QStringList headings {QStringLiteral("apiserver"), QStringLiteral("SSH"), tr("Nodes"), tr("Safety")};
    for (qsizetype i = 0; i < m_sections.size() && i < headings.size(); ++i)
        m_sections[i]->setText(headings[i]);
    m_none->setText(tr("No cluster saved yet. What you save here is kept without passwords."));
    m_kubeconfig->setPlaceholderText(tr("none: nodes are reached over SSH alone"));
    m_apiThrough->setPlaceholderText(tr("directly, or a node or jump host from which it is visible"));
    m_user->setPlaceholderText(tr("as the SSH configuration says"));
    m_port->setSpecialValueText(tr("as the SSH configuration says"));
    m_identities->setPlaceholderText(tr("agent and the usual key files"));
    m_jumps->setPlaceholderText(tr("outermost first, separated by commas"));
    m_sshConfig->setPlaceholderText(QStringLiteral("~/.ssh/config"));
    m_nodes->setPlaceholderText(tr("one a line; used when the apiserver is silent, and to map names to addresses:\n"
                                   "node-1 = root@10.0.0.11:22\nnode-2 = 10.0.0.12 via bastion\nthis-host = local"));
    m_hostsFile->setPlaceholderText(tr("further nodes: one host a line, or YAML"));
    m_sudo->setText(tr("Use sudo where root is needed"));
    m_production->setText(tr("This is production: changes must be confirmed by typing the cluster's name"));
    m_readOnly->setText(tr("Read-only: nothing on the cluster is changed"));
    const QStringList names {tr("no colour"), tr("red"), tr("amber"), tr("green"), tr("teal"), tr("violet"), tr("grey")};
    for (int i = 0; i < m_colour->count() && i < names.size(); ++i)
        m_colour->setItemText(i, names[i]);
    m_new->setText(tr("New"));
    m_remove->setText(tr("Remove"));
    m_cancel->setText(tr("Cancel"));
    m_save->setText(tr("Save"));
    m_connect->setText(tr("Connect"));
    m_profiles->setAccessibleName(tr("Saved clusters"));
}

void ConnectDialog::changeEvent(QEvent* event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

} // namespace medic
