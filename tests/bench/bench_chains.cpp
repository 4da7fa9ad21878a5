// SPDX-License-Identifier: GPL-3.0-or-later
// What tests/bench/chains.sh measures: opening a big node's rules in the chain view, scrolling through them, a path over them.
//   bench_chains DIR    (as bench_rules generates it); one JSON line
#include "widgets/packetpath/chain_map.h"
#include "widgets/packetpath/chains_page.h"
#include "widgets/packetpath/path_engine.h"
#include "widgets/packetpath/rules_model.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QScrollBar>
#include <QTreeView>

#include <algorithm>
#include <cstdio>
#include <vector>

using namespace medic;
using namespace medic::packetpath;

namespace {

double milliseconds(const QElapsedTimer& timer) { return double(timer.nsecsElapsed()) / 1e6; }

struct Frames {
    std::vector<double> all;
    [[nodiscard]] double mean() const
    {
        double sum = 0;
        for (const double one : all)
            sum += one;
        return all.empty() ? 0 : sum / double(all.size());
    }
    [[nodiscard]] double worst() const { return all.empty() ? 0 : *std::max_element(all.begin(), all.end()); }
};

/// From top to bottom in `steps` pages, each painted.
Frames scrolled(QWidget& window, QScrollBar* bar, int steps)
{
    Frames frames;
    for (int i = 0; i <= steps; ++i) {
        QElapsedTimer timer;
        timer.start();
        bar->setValue(bar->minimum() + int((qint64(bar->maximum()) - bar->minimum()) * i / steps));
        window.grab();
        frames.all.push_back(milliseconds(timer));
    }
    return frames;
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    if (argc != 2)
        return 2;
    theme::Theme theme(theme::Mode::Light);
    QElapsedTimer whole;
    whole.start();
    auto state = netfilter::NodeState::fromDirectory(argv[1]);
    if (!state) {
        std::fprintf(stderr, "%s: %s\n", state.error().where.c_str(), state.error().detail.c_str());
        return 2;
    }
    auto loaded = std::make_shared<LoadedNode>();
    loaded->state = std::move(*state);
    const double read = milliseconds(whole);
    ChainsPage page;
    page.resize(1192, 700);
    page.show();
    QElapsedTimer timer;
    timer.start();
    loaded->tracer = std::make_unique<netfilter::PacketTracer>(loaded->state);
    QEventLoop loop;
    QObject::connect(&page, &ChainsPage::bookReady, &loop, &QEventLoop::quit);
    page.setNode(loaded, std::make_shared<const netfilter::PathNames>());
    loop.exec();
    page.grab();
    const double open = milliseconds(timer), all = milliseconds(whole);

    // The longest chain: all Services in one.
    const RuleBookPtr book = page.book();
    RuleRef longest {0, 0, -1};
    for (std::size_t t = 0; t < book->tables().size(); ++t)
        for (std::size_t c = 0; c < book->tables()[t].chains.size(); ++c)
            if (book->tables()[t].chains[c].rules > book->chain(longest).rules)
                longest = {std::int32_t(t), std::int32_t(c), -1};
    timer.restart();
    page.showChain(longest);
    page.grab();
    const double chain = milliseconds(timer);
    const Frames table = scrolled(page, page.table()->verticalScrollBar(), 60), map = scrolled(page, page.map()->verticalScrollBar(), 60);
    Frames zoomed;
    for (int i = 0; i < 40; ++i) {
        timer.restart();
        page.map()->setZoom(0.4 + 0.05 * i);
        page.grab();
        zoomed.all.push_back(milliseconds(timer));
    }
    page.map()->setZoom(1);
    timer.restart();
    QObject::connect(&page, &ChainsPage::searchDone, &loop, &QEventLoop::quit);
    page.search(QStringLiteral("shop/service-777:http"));
    loop.exec();
    page.grab();
    const double search = milliseconds(timer);
    std::printf("{\"rules\":%zu,\"read_ms\":%.1f,\"open_ms\":%.1f,\"from_text_ms\":%.1f,\"chain_rules\":%d,\"chain_ms\":%.1f,\"frame_ms\":%.2f,\"worst_frame_ms\":%.2f,"
                "\"map_frame_ms\":%.2f,\"zoom_frame_ms\":%.2f,\"search_ms\":%.1f,\"found\":%d}\n",
                book->ruleCount(), read, open, all, book->chain(longest).rules, chain, table.mean(), table.worst(), map.mean(), zoomed.mean(), search, page.model()->rowCount());
    return 0;
}
