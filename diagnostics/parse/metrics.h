// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace medic::parse {

/// One sample of the Prometheus text format.
struct Sample {
    std::map<std::string, std::string, std::less<>> labels;
    double value = 0;
    int line = 0;
    [[nodiscard]] bool is(std::string_view label, std::string_view wanted) const;
};

/// Metrics by name. Lines that cannot be read are passed over (a cut last line among them).
class Metrics {
public:
    [[nodiscard]] static Metrics parse(std::string_view text);

    [[nodiscard]] const std::vector<Sample>& samples(std::string_view name) const;
    /// The only, or first, sample of that name (with that label value, if one is named).
    [[nodiscard]] const Sample* find(std::string_view name, std::string_view label = {}, std::string_view value = {}) const;
    [[nodiscard]] std::optional<double> sum(std::string_view name) const; ///< over all label sets
    /// NAME_sum / NAME_count over all label sets; nothing without any observation.
    [[nodiscard]] std::optional<double> mean(std::string_view histogram) const;
    /// Upper bound of the bucket that holds the quantile q (0…1); infinity beyond the last. Over all label sets.
    [[nodiscard]] std::optional<double> quantile(std::string_view histogram, double q) const;
    [[nodiscard]] bool empty() const { return m_samples.empty(); }

private:
    std::map<std::string, std::vector<Sample>, std::less<>> m_samples;
};

/// The answer of a health endpoint as the probe prints it: body, then a line that begins with the three-digit status
/// ("000": no answer).
struct HttpAnswer {
    std::string body;
    int status = 0; ///< 0: nothing answered
    int statusLine = 0;
};
[[nodiscard]] std::optional<HttpAnswer> httpAnswer(std::string_view text);

} // namespace medic::parse
