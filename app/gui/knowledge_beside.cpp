// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/knowledge_beside.h"

#include <memory>
#include <utility>

namespace medic {

void KnowledgeBeside::read()
{
    m_thread = std::jthread([this] {
        auto problems = std::make_shared<std::vector<Error>>();
        auto catalogue = std::make_shared<Catalogue>(Catalogue::standard(problems.get()));
        auto library = std::make_shared<playbooks::Library>(playbooks::Library::standard(problems.get()));
        QMetaObject::invokeMethod(this, [this, problems, catalogue, library] {
            m_catalogue = std::move(*catalogue);
            m_library = std::move(*library);
            Q_EMIT arrived(*problems);
        }, Qt::QueuedConnection);
    });
}

} // namespace medic
