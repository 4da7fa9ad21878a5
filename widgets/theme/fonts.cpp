// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/fonts.h"

#include <QFontDatabase>
#include <QFontInfo>
#include <QGuiApplication>

namespace medic::theme {

namespace {

/// The same font, then the families that draw Chinese. Left to itself fontconfig may fall back to a bold or a Japanese face
/// (NotoSansCJK-Bold.ttc is as near to "DejaVu Sans" as the regular one).
QFont withChinese(QFont font, std::initializer_list<const char*> preferred)
{
    QStringList families {QFontInfo(font).family()}; // the face itself: "Sans" is only a wish
    const QStringList known = QFontDatabase::families();
    for (const char* name : preferred)
        if (const QString family = QString::fromLatin1(name); known.contains(family) && !families.contains(family))
            families << family;
    font.setFamilies(families);
    return font;
}

} // namespace

void useFontsWithChinese()
{
    QGuiApplication::setFont(withChinese(QGuiApplication::font(),
                                         {"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei",
                                          "WenQuanYi Micro Hei", "Droid Sans Fallback"}));
}

QFont bodyFont() { return QGuiApplication::font(); }

QFont strongFont()
{
    QFont font = bodyFont();
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont headingFont()
{
    QFont font = bodyFont();
    font.setPointSizeF(font.pointSizeF() * 1.4);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont monospaceFont()
{
    static const QFont fixed = withChinese(QFontDatabase::systemFont(QFontDatabase::FixedFont),
                                           {"Noto Sans Mono CJK SC", "WenQuanYi Micro Hei Mono", "Noto Sans CJK SC", "Droid Sans Fallback"});
    QFont font = fixed;
    font.setPointSizeF(bodyFont().pointSizeF());
    return font;
}

} // namespace medic::theme
