// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/numbers.h"

#include <QCoreApplication>
#include <QDateTime>

namespace medic {

namespace {

QDateTime dateTime(TimePoint time)
{
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    return QDateTime::fromMSecsSinceEpoch(ms);
}

} // namespace

QString byteWords(qint64 bytes)
{
    static constexpr const char* units[] = {"B", "KB", "MB", "GB", "TB"};
    double value = double(bytes);
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < std::size(units)) {
        value /= 1024;
        ++unit;
    }
    const int decimals = unit > 1 && value < 10 ? 1 : 0;
    return QStringLiteral("%1 %2").arg(QString::number(value, 'f', decimals), QLatin1String(units[unit]));
}

QString durationWords(std::chrono::milliseconds duration)
{
    const double ms = double(duration.count());
    if (ms < 1000)
        return QCoreApplication::translate("medic::numbers", "%1 ms").arg(duration.count());
    if (ms < 60000)
        return QCoreApplication::translate("medic::numbers", "%1 s").arg(ms / 1000, 0, 'f', ms < 10000 ? 1 : 0);
    if (ms < 3600000)
        return QCoreApplication::translate("medic::numbers", "%1 min").arg(qint64(duration.count()) / 60000);
    if (ms < 48 * 3600000.0)
        return QCoreApplication::translate("medic::numbers", "%1 h").arg(qint64(duration.count()) / 3600000);
    const int days = int(ms / 86400000); // not in the call: lupdate never comes back from a division there
    return QCoreApplication::translate("medic::numbers", "%n day(s)", nullptr, days);
}

QString agoWords(TimePoint then, TimePoint now)
{
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - then);
    if (passed.count() < 0)
        return exactTime(then);
    if (passed < std::chrono::seconds(10))
        return QCoreApplication::translate("medic::numbers", "just now");
    return QCoreApplication::translate("medic::numbers", "%1 ago").arg(durationWords(
        passed < std::chrono::minutes(1) ? std::chrono::milliseconds(passed.count() / 1000 * 1000) : passed));
}

QString sinceWords(TimePoint then, std::optional<TimePoint> now) { return now ? agoWords(then, *now) : exactTime(then); }

QString exactTime(TimePoint time)
{
    const QDateTime at = dateTime(time);
    const int offset = at.offsetFromUtc() / 60;
    return QStringLiteral("%1 %2%3:%4")
        .arg(at.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), offset < 0 ? QStringLiteral("-") : QStringLiteral("+"))
        .arg(qAbs(offset) / 60, 2, 10, QLatin1Char('0'))
        .arg(qAbs(offset) % 60, 2, 10, QLatin1Char('0'));
}

QString clockWords(std::chrono::milliseconds duration)
{
    const auto seconds = duration.count() / 1000;
    return QStringLiteral("%1:%2").arg(seconds / 60, 2, 10, QLatin1Char('0')).arg(seconds % 60, 2, 10, QLatin1Char('0'));
}

QString percentWords(double percent)
{
    return QStringLiteral("%1 %").arg(percent, 0, 'f', percent > 0 && percent < 1 ? 1 : 0);
}

} // namespace medic
