// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/incident/report.h"
#include "diagnostics/playbooks/packet.h"

#include <QImage>
#include <QObject>
#include <QThread>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

namespace medic {

class ReportPages;

/// Lays reports out and paints their pages in a thread of its own (11 ms a page, and a long incident has hundreds; fonts
/// belong to the thread that loads them, so pages travel as pictures). Used from the screen's thread; answers by signals.
class PageRenderer final : public QObject
{
    Q_OBJECT

public:
    explicit PageRenderer(QObject* parent = nullptr);
    ~PageRenderer() override;

    /// The packets that go with a report; asked for in the worker's thread.
    using Packets = std::function<std::vector<playbooks::FollowedPacket>()>;

    void load(std::shared_ptr<const Report> report, Packets packets = {}); ///< answered by loaded(); an older one not yet begun is left out
    void render(int page, const QSize& pixels); ///< of what was loaded last; answered by rendered()
    void writePdf(std::shared_ptr<const Report> report, const QString& file, Packets packets = {}); ///< answered by written()

Q_SIGNALS:
    void loaded(int pages);
    void rendered(int page, const QImage& image);
    void written(const QString& file, const std::optional<medic::Error>& problem);

private:
    void later(std::function<void()> work); ///< in the worker's thread

    QThread m_thread;
    QObject m_place; ///< lives in the worker's thread
    std::atomic<quint64> m_wanted {0};
    std::unique_ptr<ReportPages> m_pages; ///< the worker's
};

} // namespace medic
