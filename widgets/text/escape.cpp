// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/escape.h"

namespace medic {

QString plainSafe(const QString& text)
{
    QString result;
    result.reserve(text.size());
    for (const QChar c : text) {
        const ushort code = c.unicode();
        const bool direction = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e
            || code == 0x200f;
        if (direction)
            result += QChar(0xfffd);
        else if (code < 0x20 && c != u'\n' && c != u'\t')
            result += QChar(0x2400 + code);
        else if (code == 0x7f)
            result += QChar(0x2421);
        else
            result += c;
    }
    return result;
}

QString richTextSafe(const QString& text) { return plainSafe(text).toHtmlEscaped(); }

} // namespace medic
