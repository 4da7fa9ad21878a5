// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/escape.h"

namespace medic {

namespace {

/// Characters that reorder or hide text: bidirectional controls, zero-width characters, line and paragraph separators.
bool invisible(ushort code)
{
    return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || (code >= 0x200b && code <= 0x200f)
        || code == 0x061c || code == 0x2028 || code == 0x2029 || code == 0x2060 || code == 0xfeff || code == 0x00ad;
}

QString visible(const QString& text, bool oneLine)
{
    QString result;
    result.reserve(text.size());
    for (const QChar c : text) {
        const ushort code = c.unicode();
        if (invisible(code))
            result += QChar(0xfffd);
        else if (code < 0x20 && (oneLine || (c != u'\n' && c != u'\t')))
            result += QChar(0x2400 + code);
        else if (code == 0x7f)
            result += QChar(0x2421);
        else if (code > 0x7f && code < 0xa0)
            result += QChar(0xfffd);
        else
            result += c;
    }
    return result;
}

} // namespace

QString plainSafe(const QString& text) { return visible(text, false); }

QString lineSafe(const QString& text) { return visible(text, true); }

QString lineSafe(const std::string& text) { return lineSafe(QString::fromStdString(text)); }

QString richTextSafe(const QString& text) { return plainSafe(text).toHtmlEscaped(); }

QString toolTipSafe(const QString& text)
{
    // A tool tip is rich text as soon as Qt thinks that it looks like it: so it always is, and always escaped.
    return QStringLiteral("<qt>%1</qt>").arg(richTextSafe(text).replace(u'\n', QStringLiteral("<br>")));
}

} // namespace medic
