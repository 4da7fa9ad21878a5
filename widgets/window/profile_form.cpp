// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/window/profile_form.h"

#include <QRegularExpression>
#include <QStringList>

namespace medic {

QString nodesAsText(const std::vector<NodeTarget>& nodes)
{
    QStringList lines;
    for (const NodeTarget& node : nodes) {
        QString line = QString::fromStdString(node.name);
        if (node.local) {
            lines << line + QStringLiteral(" = local");
            continue;
        }
        QString target = QString::fromStdString(node.host);
        const bool six = target.contains(u':');
        if (target.isEmpty() && (!node.user.empty() || node.port != 0))
            target = line;
        if (six && node.port != 0)
            target = u'[' + target + u']';
        if (!node.user.empty())
            target.prepend(QString::fromStdString(node.user) + u'@');
        if (node.port != 0)
            target += u':' + QString::number(node.port);
        if (!target.isEmpty())
            line += QStringLiteral(" = ") + target;
        if (!node.jumps.empty())
            line += QStringLiteral(" via ") + listAsText(node.jumps).remove(u' ');
        lines << line;
    }
    return lines.join(u'\n');
}

Result<std::vector<NodeTarget>> nodesFromText(const QString& text)
{
    static const QRegularExpression form(
        QStringLiteral(R"(^(?<name>[^\s=@]+)(?:\s*=\s*(?:(?<user>[^\s@]+)@)?(?:\[(?<six>[0-9a-fA-F:.%]+)\](?::(?<sixport>\d+))?|(?<host>[^\s\[\]@]+)))?(?:\s+via\s+(?<via>\S+))?$)"));
    std::vector<NodeTarget> nodes;
    int number = 0;
    for (const QString& raw : text.split(u'\n')) {
        ++number;
        const QString line = raw.trimmed();
        if (line.isEmpty() || line.startsWith(u'#'))
            continue;
        const auto bad = [&] { return failure(ErrorCode::BadSyntax, std::to_string(number), line.toStdString()); };
        const QRegularExpressionMatch match = form.match(line);
        if (!match.hasMatch())
            return bad();
        NodeTarget node {.name = match.captured(QStringLiteral("name")).toStdString()};
        node.user = match.captured(QStringLiteral("user")).toStdString();
        QString host = match.captured(QStringLiteral("host"));
        QString port = match.captured(QStringLiteral("sixport"));
        if (!match.captured(QStringLiteral("six")).isEmpty()) {
            host = match.captured(QStringLiteral("six"));
        } else if (host.count(u':') == 1) {
            port = host.section(u':', 1);
            host = host.section(u':', 0, 0);
            if (port.isEmpty())
                return bad();
        }
        if (!port.isEmpty()) {
            bool good = false;
            node.port = port.toUShort(&good);
            if (!good || node.port == 0)
                return bad();
        }
        node.local = host == QLatin1String("local") && node.user.empty() && port.isEmpty();
        if (!node.local)
            node.host = host.toStdString();
        node.jumps = listFromText(match.captured(QStringLiteral("via")));
        nodes.push_back(std::move(node));
    }
    return nodes;
}

std::vector<std::string> listFromText(const QString& text)
{
    static const QRegularExpression separator(QStringLiteral("[,;\\s]+"));
    std::vector<std::string> list;
    for (const QString& part : text.split(separator, Qt::SkipEmptyParts))
        list.push_back(part.toStdString());
    return list;
}

QString listAsText(const std::vector<std::string>& list)
{
    QStringList parts;
    for (const std::string& part : list)
        parts << QString::fromStdString(part);
    return parts.join(QStringLiteral(", "));
}

} // namespace medic
