// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/catalogue.h"
#include "diagnostics/playbooks/loader.h"

#include <QObject>

#include <thread>
#include <vector>

namespace medic {

/// Catalogue and guides, read in a thread of their own: three hundred kilobytes of YAML must not stand between the program's
/// start and its window. Both are empty until arrived() and are filled in the screen's thread; references to them stay good.
class KnowledgeBeside final : public QObject
{
    Q_OBJECT

public:
    KnowledgeBeside() = default;

    [[nodiscard]] const Catalogue& catalogue() const { return m_catalogue; }
    [[nodiscard]] const playbooks::Library& library() const { return m_library; }
    void read(); ///< answered by arrived(), from the event loop

Q_SIGNALS:
    void arrived(const std::vector<medic::Error>& problems);

private:
    Catalogue m_catalogue;
    playbooks::Library m_library;
    std::jthread m_thread;
};

} // namespace medic
