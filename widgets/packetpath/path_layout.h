// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/verdict.h"
#include "diagnostics/netfilter/path_query.h"
#include "widgets/packetpath/path_tree.h"

#include <QFont>
#include <QFontMetricsF>
#include <QList>
#include <QPointF>
#include <QRectF>
#include <QString>

#include <functional>

namespace medic::packetpath {

/// What a line of text is; the painter gives it font and colour.
enum class Role { LaneName, LaneHint, ChainName, TableName, RuleNumber, Plain, Machine, Muted, NatBefore, NatAfter, Verdict, Share, StartAddress, Observed };
inline constexpr int roleCount = 14;

/// The fonts of the roles in pixels, so that a picture is the same on a screen, in a file and on paper.
struct PathFonts {
    QFont fonts[roleCount];
    [[nodiscard]] static PathFonts standard();
    [[nodiscard]] const QFont& of(Role role) const { return fonts[static_cast<int>(role)]; }
};

struct LayLine {
    QRectF rect;
    QString text; ///< fits into rect
    Role role = Role::Plain;
    Qt::Alignment align = Qt::AlignLeft;
};

struct LayRow {
    QRectF rect;
    int row = 0; ///< in the card's rows
    int passed = -1; ///< one of the rules before it that did not match; -1: the row itself
    QList<LayLine> lines;
    QRectF natBox; ///< the change of addresses; empty: none
    bool unknown = false, decides = false;
    bool odd = false; ///< takes what was meant for somebody else
    Verdict verdict = Verdict::NotApplicable; ///< where it decides
};

struct LayCard {
    QRectF rect;
    int part = 0, card = 0;
    QList<LayLine> lines;
    QList<LayRow> rows;
};

struct LayEnd {
    QRectF rect, icon;
    int part = 0;
    Verdict verdict = Verdict::Unknown;
    QList<LayLine> lines;
};

struct LayStart {
    QRectF rect;
    int start = 0;
    QList<LayLine> lines;
};

struct LayLink {
    QPointF from, to;
    qreal turn = 0; ///< x at which it goes up or down
    qreal width = 1;
    bool certain = true, dead = false; ///< dead: nothing behind it gets through
    LayLine label;
};

struct LayLane {
    QRectF rect;
    std::string hook;
    QList<LayLine> lines;
};

struct LayNode { ///< above the hooks of one node, on a way through several
    QRectF rect;
    LayLine line;
};

struct LayJump { ///< from a card to the one that it jumps to
    QPointF from, to;
};

/// Where everything of a path is: plain values, no painting. The same tree gives the same layout.
struct PathLayout {
    struct Options {
        bool passedOver = false;
        std::function<QString(const std::string& address)> whose; ///< who has an address; may be empty
        std::string node;
        std::function<bool(const TraceStep& step)> odd; ///< to be warned of; may be empty
        std::function<QString(const TraceStep& step)> observed; ///< what was seen there; may be empty
    };
    struct Spot { ///< what is at a point
        enum class Kind { Nothing, Lane, Row, Card, End, Start, Fold } kind = Kind::Nothing;
        int part = -1, card = -1, row = -1, passed = -1, lane = -1;
        bool operator==(const Spot&) const = default;
    };

    QSizeF size;
    QList<LayLane> lanes;
    QList<LayCard> cards;
    QList<LayEnd> ends;
    QList<LayStart> starts;
    QList<LayLink> links;
    QList<LayJump> jumps;
    QList<LayNode> nodes; ///< empty: one node only

    [[nodiscard]] static PathLayout lay(const PathTree& tree, const PathFonts& fonts, const Options& options);
    [[nodiscard]] Spot at(const QPointF& point) const;
    [[nodiscard]] QRectF rectOf(const Spot& spot) const;
    /// Rows and ends in reading order, for the keyboard.
    [[nodiscard]] QList<Spot> stops() const;
};

/// PathLayout::Options::odd for a trace; holds copies.
[[nodiscard]] std::function<bool(const TraceStep&)> oddSteps(const netfilter::PathQuery& query, const Trace& trace);

} // namespace medic::packetpath
