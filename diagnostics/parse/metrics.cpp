// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/metrics.h"

#include "diagnostics/parse/lines.h"

#include <algorithm>
#include <limits>

namespace medic::parse {

namespace {

/// {name="value",…}; returns what follows the closing brace, nothing when it is cut.
std::optional<std::string_view> readLabels(std::string_view text, Sample& sample)
{
    while (true) {
        text = trim(text);
        if (text.starts_with('}'))
            return text.substr(1);
        const std::size_t equals = text.find("=\"");
        if (equals == std::string_view::npos)
            return std::nullopt;
        const std::string name(trim(text.substr(0, equals)));
        std::string value;
        std::size_t at = equals + 2;
        for (; at < text.size() && text[at] != '"'; ++at) {
            if (text[at] == '\\' && at + 1 < text.size()) {
                ++at;
                value += text[at] == 'n' ? '\n' : text[at];
            } else {
                value += text[at];
            }
        }
        if (at >= text.size())
            return std::nullopt;
        sample.labels[name] = std::move(value);
        text.remove_prefix(at + 1);
        if (text.starts_with(','))
            text.remove_prefix(1);
    }
}

std::optional<double> sampleValue(std::string_view text)
{
    const auto parts = words(text);
    if (parts.empty())
        return std::nullopt;
    if (parts[0] == "+Inf" || parts[0] == "Inf")
        return std::numeric_limits<double>::infinity();
    return real(parts[0]);
}

} // namespace

bool Sample::is(std::string_view label, std::string_view wanted) const
{
    const auto found = labels.find(label);
    return found != labels.end() && found->second == wanted;
}

Metrics Metrics::parse(std::string_view text)
{
    Metrics metrics;
    for (const Line& line : lines(text)) {
        const std::string_view body = trim(line.text);
        if (body.empty() || body.front() == '#')
            continue;
        const std::size_t end = body.find_first_of("{ \t");
        if (end == std::string_view::npos || end == 0)
            continue;
        Sample sample;
        sample.line = line.number;
        std::string_view rest = body.substr(end);
        if (rest.front() == '{') {
            const auto tail = readLabels(rest.substr(1), sample);
            if (!tail)
                continue;
            rest = *tail;
        }
        if (const auto value = sampleValue(rest)) {
            sample.value = *value;
            metrics.m_samples[std::string(body.substr(0, end))].push_back(std::move(sample));
        }
    }
    return metrics;
}

const std::vector<Sample>& Metrics::samples(std::string_view name) const
{
    static const std::vector<Sample> none;
    const auto found = m_samples.find(name);
    return found == m_samples.end() ? none : found->second;
}

const Sample* Metrics::find(std::string_view name, std::string_view label, std::string_view value) const
{
    for (const Sample& sample : samples(name))
        if (label.empty() || sample.is(label, value))
            return &sample;
    return nullptr;
}

std::optional<double> Metrics::sum(std::string_view name) const
{
    const auto& all = samples(name);
    if (all.empty())
        return std::nullopt;
    double total = 0;
    for (const Sample& sample : all)
        total += sample.value;
    return total;
}

std::optional<double> Metrics::mean(std::string_view histogram) const
{
    const auto total = sum(std::string(histogram) + "_sum"), count = sum(std::string(histogram) + "_count");
    if (!total || !count || *count <= 0)
        return std::nullopt;
    return *total / *count;
}

std::optional<double> Metrics::quantile(std::string_view histogram, double q) const
{
    std::map<double, double> buckets; // upper bound → cumulative count
    for (const Sample& sample : samples(std::string(histogram) + "_bucket")) {
        const auto bound = sample.labels.find("le");
        if (bound == sample.labels.end())
            continue;
        if (const auto limit = sampleValue(bound->second))
            buckets[*limit] += sample.value;
    }
    if (buckets.empty() || buckets.rbegin()->second <= 0)
        return std::nullopt;
    const double wanted = q * buckets.rbegin()->second;
    for (const auto& [bound, count] : buckets)
        if (count >= wanted)
            return bound;
    return buckets.rbegin()->first;
}

std::optional<HttpAnswer> httpAnswer(std::string_view text)
{
    const auto all = lines(text);
    for (auto line = all.rbegin(); line != all.rend(); ++line) {
        const auto parts = words(line->text);
        if (parts.empty())
            continue;
        const auto status = number<int>(parts[0]);
        if (!status || parts[0].size() != 3)
            return std::nullopt;
        HttpAnswer answer;
        answer.status = *status;
        answer.statusLine = line->number;
        for (const Line& body : all) {
            if (body.number >= line->number)
                break;
            if (!answer.body.empty())
                answer.body += '\n';
            answer.body += body.text;
        }
        answer.body = trim(answer.body);
        return answer;
    }
    return std::nullopt;
}

} // namespace medic::parse
