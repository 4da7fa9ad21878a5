// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the report's frame: data, as the core knows no tr().
#include "diagnostics/incident/report.h"

#include <map>

namespace medic {

namespace {

const std::map<std::string, Text, std::less<>>& words()
{
    static const std::map<std::string, Text, std::less<>> table {
        {"incident-report", {"Incident report", "故障报告"}},
        {"untitled", {"Untitled incident", "未命名的故障"}},
        {"cluster", {"Cluster", "集群"}},
        {"symptom", {"Symptom", "故障现象"}},
        {"opened", {"Opened", "创建时间"}},
        {"time-span", {"Observed", "采集时段"}},
        {"until", {"until", "至"}},
        {"zone", {"Time zone", "时区"}},
        {"nodes", {"Nodes", "节点"}},
        {"sweeps", {"Sweeps", "采集轮次"}},
        {"file", {"Incident file", "故障文件"}},
        {"linked-from", {"Grew from", "源自"}},
        {"generated", {"Report made", "报告生成时间"}},
        {"worked-in", {"Worked in", "处理语言"}},
        {"en", {"English", "英文"}},
        {"zh", {"Chinese", "中文"}},
        {"redacted", {"Redacted copy: addresses, names and secrets are replaced by stand-ins.",
                      "脱敏副本：地址、名称与机密信息均已替换为代称。"}},
        {"summary", {"Summary", "概要"}},
        {"failure", {"failure", "故障"}},
        {"warning", {"warning", "警告"}},
        {"unknown", {"unknown", "未知"}},
        {"ok", {"ok", "正常"}},
        {"not-applicable", {"not applicable", "不适用"}},
        {"possible", {"possible", "可能"}},
        {"likely", {"likely", "很可能"}},
        {"confirmed", {"confirmed", "已确认"}},
        {"confidence", {"Confidence", "可信度"}},
        {"root-cause", {"Root cause", "根因"}},
        {"verified", {"the fix is verified", "修复已验证"}},
        {"not-verified", {"not verified", "未验证"}},
        {"no-conclusion", {"No wizard has come to a verdict. What weighs most so far:",
                           "尚无向导给出结论。目前最主要的发现："}},
        {"nothing-found", {"Nothing wrong was found.", "未发现问题。"}},
        {"nothing-wrong-but-unknown", {"Nothing wrong was found, but something stayed unknown.",
                                       "未发现问题，但仍有未知项。"}},
        {"not-checked", {"Nothing has been checked yet.", "尚未执行检查。"}},
        {"gone", {"Found earlier, gone now", "曾经出现、现已消失的问题"}},
        {"last-seen", {"Last seen", "最后一次出现"}},
        {"timeline", {"Timeline", "时间线"}},
        {"time", {"Time", "时间"}},
        {"event", {"Event", "事件"}},
        {"who", {"Who", "操作者"}},
        {"engineer", {"engineer", "工程师"}},
        {"program", {"program", "程序"}},
        {"details", {"Details", "详情"}},
        {"note", {"note", "备注"}},
        {"step-entered", {"step entered", "进入步骤"}},
        {"step-result", {"step result", "步骤结果"}},
        {"answer", {"answer", "回答"}},
        {"overruled", {"overruled", "人工改判"}},
        {"action-proposed", {"action proposed", "建议操作"}},
        {"action-confirmed", {"action confirmed", "确认操作"}},
        {"action-result", {"action result", "操作结果"}},
        {"verdict", {"verdict", "结论"}},
        {"sweep-started", {"sweep started", "开始采集"}},
        {"sweep-finished", {"sweep finished", "采集完成"}},
        {"trace-made", {"packet traced", "追踪报文路径"}},
        {"since", {"began", "开始出现"}},
        {"findings", {"Findings", "发现"}},
        {"subject", {"Subject", "对象"}},
        {"began", {"Since", "起始时间"}},
        {"suite", {"Suite", "检查套件"}},
        {"meaning", {"What it means", "含义"}},
        {"why", {"Why it matters", "影响"}},
        {"next", {"Next step", "下一步"}},
        {"wizard", {"Wizard", "向导"}},
        {"references", {"References", "参考资料"}},
        {"dead-link", {"link is dead", "链接已失效"}},
        {"evidence", {"Evidence", "证据"}},
        {"observation", {"observation", "观测"}},
        {"the-cluster", {"cluster (apiserver)", "集群（apiserver）"}},
        {"this-machine", {"this machine", "本机"}},
        {"standard-error", {"standard error", "标准错误"}},
        {"exit-status", {"exit status {n}", "退出码 {n}"}},
        {"output-truncated", {"the output was longer than the limit", "输出超过上限，已截断"}},
        {"no-output", {"no output", "无输出"}},
        {"lines-omitted", {"… {n} lines left out …", "……省略 {n} 行……"}},
        {"bytes-omitted", {" … {n} bytes left out …", " ……省略 {n} 字节……"}},
        {"changes", {"Commands that changed something", "执行过的变更命令"}},
        {"no-changes", {"None: nothing on the cluster was changed.", "无：未对集群做任何变更。"}},
        {"command", {"Command", "命令"}},
        {"outcome", {"Result", "结果"}},
        {"no-result", {"confirmed, no result recorded", "已确认，未记录结果"}},
        {"rollback", {"Rollback", "回滚"}},
        {"notes", {"Notes", "备注"}},
        {"appendix", {"Appendix", "附录"}},
        {"what-stayed-unknown", {"What stayed unknown", "未知项"}},
        {"all-observations", {"Observations", "观测记录"}},
        {"node", {"Node", "节点"}},
        {"probe", {"Probe", "探针"}},
        {"state", {"State", "状态"}},
        {"reason", {"Reason", "原因"}},
        {"duration", {"Took", "耗时"}},
        {"size", {"Size", "大小"}},
        {"number", {"No.", "编号"}},
        {"complete", {"complete", "完成"}},
        {"tool-missing", {"tool missing", "缺少工具"}},
        {"no-permission", {"no permission", "权限不足"}},
        {"timed-out", {"timed out", "超时"}},
        {"cancelled", {"cancelled", "已取消"}},
        {"unreachable", {"unreachable", "不可达"}},
        {"connection-lost", {"connection lost", "连接中断"}},
        {"failed", {"failed", "失败"}},
    };
    return table;
}

} // namespace

std::string reportWord(std::string_view key, Language language)
{
    const auto found = words().find(key);
    return found == words().end() ? std::string(key) : found->second.in(language);
}

std::vector<std::string> reportWordKeys()
{
    std::vector<std::string> keys;
    for (const auto& [key, text] : words())
        keys.push_back(key);
    return keys;
}

} // namespace medic
