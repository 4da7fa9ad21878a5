// SPDX-License-Identifier: GPL-3.0-or-later
// Colours that can be read, marks that exist, and where the cells of the heat map are.
#include "widgets/panels/heat_geometry.h"
#include "widgets/theme/colours.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/state.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QRegularExpression>
#include <QTest>

using namespace medic;
using theme::Colours;

Q_DECLARE_METATYPE(const medic::theme::Colours*)

class TestLooks final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void contrast_data()
    {
        QTest::addColumn<const Colours*>("colours");
        QTest::newRow("light") << &Colours::light();
        QTest::newRow("dark") << &Colours::dark();
    }

    void contrast()
    {
        QFETCH(const Colours*, colours);
        const Colours& c = *colours;
        const std::pair<const char*, std::pair<QColor, QColor>> pairs[] = {
            {"text on window", {c.text, c.window}}, {"text on base", {c.text, c.base}}, {"text on alternate", {c.text, c.alternate}},
            {"text on matched", {c.text, c.matched}}, {"text on selection", {c.onSelection, c.selection}},
            {"muted on window", {c.muted, c.window}}, {"muted on base", {c.muted, c.base}}, {"muted on matched", {c.muted, c.matched}},
            {"accent on window", {c.accent, c.window}}, {"accent on base", {c.accent, c.base}}, {"next action", {c.onAccent, c.accent}},
            {"dangerous action", {c.onDanger, c.danger}}};
        for (const auto& [what, two] : pairs)
            QVERIFY2(theme::contrast(two.first, two.second) >= 4.5, qPrintable(QStringLiteral("%1: %2").arg(QLatin1String(what)).arg(theme::contrast(two.first, two.second))));
        for (const Verdict verdict : {Verdict::Ok, Verdict::Warning, Verdict::Failure, Verdict::Unknown, Verdict::NotApplicable})
            for (const QColor& behind : {c.window, c.base, c.selection})
                QVERIFY2(theme::contrast(c.state(verdict), behind) >= 4.5,
                         qPrintable(QStringLiteral("%1 on %2: %3").arg(theme::stateIconName(verdict), behind.name()).arg(theme::contrast(c.state(verdict), behind))));
    }

    void theRatioIsWcags()
    {
        QCOMPARE(theme::contrast(Qt::black, Qt::white), 21.0);
        QCOMPARE(theme::contrast(Qt::white, Qt::white), 1.0);
        QVERIFY(qAbs(theme::contrast(QColor(0x767676), Qt::white) - 4.54) < 0.01); // the well-known grey
    }

    void everyStateHasAShapeOfItsOwn()
    {
        // Painted in one colour they must still differ.
        QList<QImage> pictures;
        for (const Verdict verdict : {Verdict::Ok, Verdict::Warning, Verdict::Failure, Verdict::Unknown, Verdict::NotApplicable}) {
            QImage picture(32, 32, QImage::Format_ARGB32_Premultiplied);
            picture.fill(Qt::transparent);
            QPainter painter(&picture);
            theme::paintIcon(&painter, QRectF(0, 0, 32, 32), theme::stateIconName(verdict), Qt::black);
            painter.end();
            int inked = 0;
            for (int y = 0; y < 32; ++y)
                for (int x = 0; x < 32; ++x)
                    inked += picture.pixelColor(x, y).alpha() > 100;
            QVERIFY2(inked > 30, qPrintable(theme::stateIconName(verdict)));
            QVERIFY(!pictures.contains(picture));
            pictures << picture;
        }
    }

    void everyIconIsOneColour()
    {
        const QDir folder(QStringLiteral(MEDIC_SOURCE_DIR "/resources/icons"));
        const QStringList files = folder.entryList({QStringLiteral("*.svg")}, QDir::Files);
        QVERIFY(files.size() > 40);
        for (const QString& file : files) {
            QVERIFY2(!theme::icon(file.chopped(4)).isNull(), qPrintable(file));
            QFile svg(folder.filePath(file));
            QVERIFY(svg.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(svg.readAll());
            QVERIFY2(text.contains(QLatin1String("GPL-3.0-or-later")), qPrintable(file));
            QString colourless = text;
            colourless.remove(QLatin1String("#000")).remove(QLatin1String("\"none\""));
            static const QRegularExpression colour(QStringLiteral("(fill|stroke)=\"[^\"]+\""));
            QVERIFY2(!colourless.contains(colour), qPrintable(file));
        }
        QVERIFY(theme::icon(QStringLiteral("no-such-icon")).isNull());
    }

    void theThemeSwitches()
    {
        theme::Theme look(theme::Mode::Light);
        QVERIFY(!look.dark());
        look.setMode(theme::Mode::Dark);
        QVERIFY(look.dark());
        QCOMPARE(QApplication::palette().color(QPalette::Window), Colours::dark().window);
        QCOMPARE(&Colours::of(QApplication::palette()), &Colours::dark());
        look.setMode(theme::Mode::System);
        for (const theme::Mode mode : {theme::Mode::Light, theme::Mode::Dark, theme::Mode::System})
            QCOMPARE(theme::Theme::modeFromName(theme::Theme::modeName(mode)), mode);
        QCOMPARE(theme::Theme::modeFromName(QStringLiteral("mauve")), theme::Mode::System);
    }

    void heatCells_data()
    {
        QTest::addColumn<int>("masters");
        QTest::addColumn<int>("workers");
        QTest::addColumn<int>("width");
        QTest::newRow("one") << 1 << 0 << 600;
        QTest::newRow("three") << 1 << 2 << 600;
        QTest::newRow("48 named") << 3 << 45 << 1100;
        QTest::newRow("200") << 3 << 197 << 1100;
        QTest::newRow("1000, narrow") << 5 << 995 << 300;
        QTest::newRow("5000") << 5 << 4995 << 1800;
        QTest::newRow("narrower than a cell") << 0 << 7 << 5;
    }

    void heatCells()
    {
        QFETCH(int, masters);
        QFETCH(int, workers);
        QFETCH(int, width);
        const auto g = HeatGeometry::lay({{QStringLiteral("control-plane"), masters}, {QStringLiteral("worker"), workers}}, width, 80, 16);
        QCOMPARE(g.cells(), masters + workers);
        QRect before;
        for (int cell = 0; cell < g.cells(); ++cell) {
            const QRect rect = g.rectOf(cell);
            QVERIFY(!rect.isEmpty());
            QVERIFY(rect.left() >= 0 && rect.top() >= 0 && rect.bottom() < g.height);
            QVERIFY(g.columns == 1 || rect.right() < width);
            QVERIFY(!rect.intersects(before));
            QCOMPARE(g.cellAt(rect.center()), cell);
            QCOMPARE(g.cellAt(rect.topLeft()), cell);
            for (const HeatGeometry::Group& group : g.groups)
                QVERIFY(!group.titleRect.intersects(rect));
            before = rect;
        }
        QCOMPARE(g.rectOf(-1), QRect());
        QCOMPARE(g.rectOf(g.cells()), QRect());
        QCOMPARE(g.cellAt(QPoint(-3, 5)), -1);
        QCOMPARE(g.cellAt(QPoint(3, g.height + 50)), -1);
        // The arrow keys reach every cell and never leave.
        for (int cell = -1; cell <= g.cells(); cell += qMax(1, g.cells() / 37))
            for (const auto& [dx, dy] : {std::pair(-1, 0), std::pair(1, 0), std::pair(0, -1), std::pair(0, 1)}) {
                const int next = g.step(cell, dx, dy);
                QVERIFY(next >= 0 && next < g.cells());
            }
        int cell = 0;
        for (int i = 1; i < g.cells(); ++i)
            cell = g.step(cell, 1, 0);
        QCOMPARE(cell, g.cells() - 1);
    }

    void noCells()
    {
        const auto g = HeatGeometry::lay({}, 600, 80, 16);
        QCOMPARE(g.cells(), 0);
        QCOMPARE(g.height, 0);
        QCOMPARE(g.cellAt(QPoint(0, 0)), -1);
        QCOMPARE(g.step(0, 1, 0), -1);
    }
};

QTEST_MAIN(TestLooks)
#include "tst_looks.moc"
