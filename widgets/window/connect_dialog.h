// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/transport/profile.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;

namespace medic {

class PlainLabel;

/// Clusters as the engineer set them up: choose one, change it, connect. Nothing is contacted here; secrets are not
/// asked for and not saved. Opened with open(), answers by connectWanted().
class ConnectDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit ConnectDialog(QWidget* parent = nullptr);

    void choose(const QString& name); ///< empty: a new one
    [[nodiscard]] Result<ClusterProfile> profile() const; ///< as the form stands; the error names the field

Q_SIGNALS:
    void connectWanted(const medic::ClusterProfile& profile);

protected:
    void changeEvent(QEvent* event) override;

private:
    void buildForm();
    void fill(const ClusterProfile& profile);
    void reload(const QString& select);
    void readContexts();
    bool save();
    void complain(const QString& sentence);
    void retranslate();
    QWidget* withBrowse(QLineEdit* field);

    QListWidget* m_profiles;
    PlainLabel* m_none; ///< instead of an empty list
    QList<PlainLabel*> m_sections;
    QList<QLabel*> m_labels; ///< of the rows, in order
    QPushButton* m_new;
    QPushButton* m_remove;
    QFormLayout* m_form;
    QLineEdit* m_name;
    QLineEdit* m_kubeconfig;
    QComboBox* m_context;
    QLineEdit* m_user;
    QSpinBox* m_port;
    QLineEdit* m_identities;
    QLineEdit* m_jumps;
    QLineEdit* m_sshConfig;
    QCheckBox* m_sudo;
    QPlainTextEdit* m_nodes;
    QLineEdit* m_hostsFile;
    QComboBox* m_addressType;
    QLineEdit* m_apiThrough;
    QCheckBox* m_production;
    QCheckBox* m_readOnly;
    QComboBox* m_colour;
    PlainLabel* m_problem;
    QPushButton* m_save;
    QPushButton* m_cancel;
    QPushButton* m_connect;
    std::vector<ClusterProfile> m_saved;
    ClusterProfile m_base; ///< what the form does not show is kept
};

} // namespace medic
