// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/colours.h"

#include <algorithm>
#include <cmath>

namespace medic::theme {

const Colours& Colours::light()
{
    static const Colours colours {
        .window = QColor(0xf3f4f5), .base = QColor(0xffffff), .alternate = QColor(0xf8f9f9), .text = QColor(0x1b2126),
        .muted = QColor(0x55606a), .line = QColor(0xd3d8dc), .accent = QColor(0x00697a), .onAccent = QColor(0xffffff),
        .selection = QColor(0xd8ebee), .onSelection = QColor(0x10262b), .matched = QColor(0xfff0b8),
        .danger = QColor(0xa8211a), .onDanger = QColor(0xffffff),
        .ok = QColor(0x44624f), .warning = QColor(0x855000), .failure = QColor(0xb3231b), .unknown = QColor(0x6446a0),
        .notApplicable = QColor(0x5b666f)};
    return colours;
}

const Colours& Colours::dark()
{
    static const Colours colours {
        .window = QColor(0x1c2024), .base = QColor(0x15181b), .alternate = QColor(0x191d20), .text = QColor(0xe3e7ea),
        .muted = QColor(0xa0abb4), .line = QColor(0x353c43), .accent = QColor(0x56b9c7), .onAccent = QColor(0x08191c),
        .selection = QColor(0x1b3f47), .onSelection = QColor(0xf0f6f7), .matched = QColor(0x4a3c0c),
        .danger = QColor(0xff8078), .onDanger = QColor(0x2a0805),
        .ok = QColor(0x93b59f), .warning = QColor(0xe5a93b), .failure = QColor(0xff8078), .unknown = QColor(0xbda4f2),
        .notApplicable = QColor(0xa0a9b1)};
    return colours;
}

const Colours& Colours::of(const QPalette& palette) { return isDark(palette) ? dark() : light(); }

const QColor& Colours::state(Verdict verdict) const
{
    switch (verdict) {
    case Verdict::Ok:
        return ok;
    case Verdict::Warning:
        return warning;
    case Verdict::Failure:
        return failure;
    case Verdict::Unknown:
        return unknown;
    case Verdict::NotApplicable:
        return notApplicable;
    }
    return unknown;
}

bool isDark(const QPalette& palette) { return palette.color(QPalette::Active, QPalette::Window).lightness() < 128; }

QPalette makePalette(const Colours& c)
{
    QPalette palette;
    const auto all = [&palette](QPalette::ColorRole role, const QColor& colour) { palette.setColor(QPalette::All, role, colour); };
    all(QPalette::Window, c.window);
    all(QPalette::WindowText, c.text);
    all(QPalette::Base, c.base);
    all(QPalette::AlternateBase, c.alternate);
    all(QPalette::Text, c.text);
    all(QPalette::Button, c.window);
    all(QPalette::ButtonText, c.text);
    all(QPalette::BrightText, c.failure);
    all(QPalette::ToolTipBase, c.base);
    all(QPalette::ToolTipText, c.text);
    all(QPalette::PlaceholderText, c.muted);
    all(QPalette::Highlight, c.selection);
    all(QPalette::HighlightedText, c.onSelection);
    all(QPalette::Link, c.accent);
    all(QPalette::LinkVisited, c.accent);
    all(QPalette::Light, c.base);
    all(QPalette::Midlight, c.alternate);
    all(QPalette::Mid, c.line);
    all(QPalette::Dark, c.line.darker(120));
    all(QPalette::Shadow, c.line.darker(150));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, c.notApplicable);
    return palette;
}

namespace {

double luminance(const QColor& colour)
{
    const auto part = [](double value) { return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
    return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF());
}

} // namespace

double contrast(const QColor& a, const QColor& b)
{
    const double one = luminance(a) + 0.05;
    const double two = luminance(b) + 0.05;
    return std::max(one, two) / std::min(one, two);
}

} // namespace medic::theme
