// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/collect/language.h"

#include <QCoreApplication>
#include <QDir>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

#include <memory>
#include <vector>

namespace medic {

namespace {

struct Installed {
    Language language = Language::English;
    std::vector<std::unique_ptr<QTranslator>> translators;
};

/// Lives as long as the program; touched by the screen's thread only.
Installed& installed()
{
    static Installed state;
    return state;
}

void install(std::unique_ptr<QTranslator> translator)
{
    QCoreApplication::installTranslator(translator.get());
    installed().translators.push_back(std::move(translator));
}

} // namespace

void setLanguage(Language language)
{
    Installed& state = installed();
    state.language = language;
    for (const auto& translator : state.translators)
        QCoreApplication::removeTranslator(translator.get());
    state.translators.clear();
    // Without a translation of its own English still needs its plural forms.
    const QString ending = language == Language::Chinese ? QStringLiteral("*_zh_CN.qm") : QStringLiteral("*_en.qm");
    const QDir folder(QStringLiteral(":/translations"));
    for (const QString& file : folder.entryList({ending})) {
        auto translator = std::make_unique<QTranslator>();
        if (translator->load(folder.filePath(file)))
            install(std::move(translator));
    }
    if (language == Language::Chinese) {
        auto qt = std::make_unique<QTranslator>();
        if (qt->load(QStringLiteral("qtbase_zh_CN"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
            install(std::move(qt));
    }
}

Language currentLanguage() { return installed().language; }

Language systemLanguage() { return QLocale::system().language() == QLocale::Chinese ? Language::Chinese : Language::English; }

} // namespace medic
