// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/icons.h"

#include "widgets/theme/colours.h"

#include <QFile>
#include <QGuiApplication>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QSvgRenderer>

static void initIconResources() { Q_INIT_RESOURCE(medic_icons); }

namespace medic::theme {

namespace {

/// The SVG text of an icon; black (#000) in the file stands for "the ink".
QByteArray source(const QString& name)
{
    static QHash<QString, QByteArray> read;
    if (read.isEmpty())
        initIconResources();
    const auto found = read.constFind(name);
    if (found != read.constEnd())
        return *found;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    read.insert(name, text);
    return text;
}

QSvgRenderer* renderer(const QString& name, const QColor& colour)
{
    // Few icons and few colours: one parsed document each, kept for the life of the program.
    static QHash<QString, QSvgRenderer*> made;
    const QString key = name + colour.name();
    const auto found = made.constFind(key);
    if (found != made.constEnd())
        return *found;
    QByteArray text = source(name);
    text.replace("#000", colour.name().toLatin1());
    auto* fresh = new QSvgRenderer(text, qApp);
    QObject::connect(qApp, &QObject::destroyed, [] { made.clear(); });
    made.insert(key, fresh);
    return fresh;
}

QColor inkColour(Ink ink)
{
    const Colours& c = Colours::of(QGuiApplication::palette());
    switch (ink) {
    case Ink::Text:
        return c.text;
    case Ink::Muted:
        return c.muted;
    case Ink::Accent:
        return c.accent;
    case Ink::OnAccent:
        return c.onAccent;
    case Ink::Ok:
        return c.ok;
    case Ink::Warning:
        return c.warning;
    case Ink::Failure:
        return c.failure;
    case Ink::Unknown:
        return c.unknown;
    case Ink::NotApplicable:
        return c.notApplicable;
    }
    return c.text;
}

class Engine final : public QIconEngine {
public:
    Engine(QString name, Ink ink) : m_name(std::move(name)), m_ink(ink) { }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const QColor colour = mode == QIcon::Disabled ? inkColour(Ink::NotApplicable) : inkColour(m_ink);
        paintIcon(painter, QRectF(rect), m_name, colour);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap picture(size);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return picture;
    }

    QIconEngine* clone() const override { return new Engine(*this); }
    QString key() const override { return QStringLiteral("medic"); }
    bool isNull() override { return source(m_name).isEmpty(); }

private:
    QString m_name;
    Ink m_ink;
};

} // namespace

QIcon icon(const QString& name) { return icon(name, Ink::Text); }

QIcon icon(const QString& name, Ink ink)
{
    return source(name).isEmpty() ? QIcon() : QIcon(new Engine(name, ink));
}

void paintIcon(QPainter* painter, const QRectF& rect, const QString& name, const QColor& colour)
{
    if (source(name).isEmpty())
        return;
    const qreal side = qMin(rect.width(), rect.height());
    const QRectF square(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2, side, side);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    renderer(name, colour)->render(painter, square);
    painter->restore();
}

} // namespace medic::theme
