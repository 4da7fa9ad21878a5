<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>medic::ActionCard</name>
    <message>
        <source>It did not help. This takes it back.</source>
        <translation>操作没有效果，执行以下命令可回滚。</translation>
    </message>
    <message>
        <source>What will be run, one after the other</source>
        <translation>将依次执行的命令</translation>
    </message>
    <message>
        <source>What will be run</source>
        <translation>将要执行的命令</translation>
    </message>
    <message>
        <source>Not on %1: %2</source>
        <translation>不能在 %1 上执行：%2</translation>
    </message>
    <message>
        <source>on %1</source>
        <translation>在 %1 上</translation>
    </message>
    <message>
        <source>What it touches</source>
        <translation>影响范围</translation>
    </message>
    <message>
        <source>How it is verified</source>
        <translation>如何验证</translation>
    </message>
    <message>
        <source>The checks that failed and the entry symptom run again.</source>
        <translation>随后重新运行未通过的检查，并复查最初的现象。</translation>
    </message>
    <message>
        <source>The way back</source>
        <translation>回滚方法</translation>
    </message>
    <message>
        <source>Read-only: nothing is changed from here. Copy the command, or allow changes in the cluster&apos;s settings.</source>
        <translation>只读模式：不会在此更改任何内容。请复制命令自行执行，或在集群设置中允许更改。</translation>
    </message>
    <message>
        <source>A recorded incident: nothing can be run. The command is shown to be copied.</source>
        <translation>这是已录制的事件，无法执行命令，仅供复制。</translation>
    </message>
    <message>
        <source>Type %1 to confirm</source>
        <translation>输入 %1 以确认</translation>
    </message>
    <message numerus="yes">
        <source>First here alone; %n more after it has been verified, with a confirmation of their own.</source>
        <translation>
            <numerusform>先只在此处执行；验证通过后再确认执行其余 %n 处。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::CommandLine</name>
    <message>
        <source>Copy the command</source>
        <translation>复制命令</translation>
    </message>
</context>
<context>
    <name>medic::EvidenceColumn</name>
    <message>
        <source>What this rests on</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>已有发现</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing was collected yet.</source>
        <translation>尚未采集任何数据。</translation>
    </message>
    <message>
        <source>None of the findings that this step asks for was made.</source>
        <translation>没有出现这一步所关注的发现项。</translation>
    </message>
</context>
<context>
    <name>medic::GuideView</name>
    <message>
        <source>A command is running; it ends first.</source>
        <translation>有命令正在执行，请等待其结束。</translation>
    </message>
    <message>
        <source>A linked incident was opened: %1</source>
        <translation>已打开关联事件：%1</translation>
    </message>
    <message>
        <source>guide</source>
        <translation>向导</translation>
    </message>
    <message>
        <source>All guides</source>
        <translation>全部向导</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步骤</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>证据</translation>
    </message>
    <message>
        <source>No cluster, no incident</source>
        <translation>未连接集群，也未打开事件</translation>
    </message>
    <message>
        <source>A guide asks a cluster or a recorded incident. Connect to one, or open one.</source>
        <translation>向导需要一个集群或一份已录制的事件。请先连接集群，或打开事件。</translation>
    </message>
    <message>
        <source>Go to the start page</source>
        <translation>前往开始页</translation>
    </message>
    <message>
        <source>Guide</source>
        <translation>向导</translation>
    </message>
</context>
<context>
    <name>medic::PlaybookList</name>
    <message>
        <source>Find a guide, or paste an error message</source>
        <translation>查找向导，或粘贴报错信息</translation>
    </message>
    <message>
        <source>begun</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>your own</source>
        <translation>自定义</translation>
    </message>
    <message>
        <source>These know the error message</source>
        <translation>匹配该报错信息</translation>
    </message>
    <message>
        <source>These fit what was found</source>
        <translation>与发现项相符</translation>
    </message>
    <message>
        <source>Guides</source>
        <translation>向导</translation>
    </message>
    <message>
        <source>The other guides</source>
        <translation>其他向导</translation>
    </message>
    <message>
        <source>There are no guides: the program&apos;s playbooks folder is missing or unreadable.</source>
        <translation>没有可用的向导：程序的 playbooks 目录缺失或无法读取。</translation>
    </message>
    <message>
        <source>No guide fits these words. Try fewer, or the words of the error message itself.</source>
        <translation>没有匹配的向导。请减少关键词，或直接粘贴报错原文。</translation>
    </message>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>相符 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>These files cannot be used as guides</source>
        <translation>以下文件无法作为向导使用</translation>
    </message>
</context>
<context>
    <name>medic::ReportView</name>
    <message>
        <source>Save the report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>Page %1 of %2</source>
        <translation>第 %1 页，共 %2 页</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>网页 (*.html)</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Writing …</source>
        <translation>正在写入…</translation>
    </message>
    <message>
        <source>Saved: %1</source>
        <translation>已保存：%1</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Parts</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>证据</translation>
    </message>
    <message>
        <source>Appendix</source>
        <translation>附录</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>PDF …</source>
        <translation>PDF…</translation>
    </message>
    <message>
        <source>Web page …</source>
        <translation>网页…</translation>
    </message>
    <message>
        <source>Markdown …</source>
        <translation>Markdown…</translation>
    </message>
    <message>
        <source>JSON …</source>
        <translation>JSON…</translation>
    </message>
    <message>
        <source>Preview of the report</source>
        <translation>报告预览</translation>
    </message>
    <message>
        <source>No incident</source>
        <translation>没有事件</translation>
    </message>
    <message>
        <source>The report is made from an incident: connect to a cluster or open a recorded one.</source>
        <translation>报告由事件生成：请连接集群，或打开已录制的事件。</translation>
    </message>
    <message>
        <source>Go to the start page</source>
        <translation>前往开始页</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Laying out the pages …</source>
        <translation>正在排版…</translation>
    </message>
</context>
<context>
    <name>medic::SessionHost</name>
    <message>
        <source>Goes on in the linked incident %1</source>
        <translation>后续记录在关联事件 %1 中</translation>
    </message>
    <message>
        <source>%1 of %2 nodes</source>
        <translation>%1 / %2 个节点</translation>
    </message>
</context>
<context>
    <name>medic::StepPage</name>
    <message>
        <source>Step %1 of %2 · %3</source>
        <translation>第 %1 步，共 %2 步 · %3</translation>
    </message>
    <message>
        <source>Goes on where the incident was left.</source>
        <translation>从上次中断处继续。</translation>
    </message>
    <message>
        <source>The symptom has changed: %1 was not there before. That is another incident.</source>
        <translation>症状已变化：出现了之前没有的 %1。这是另一个事件。</translation>
    </message>
    <message>
        <source>Open a linked incident</source>
        <translation>新建关联事件</translation>
    </message>
    <message>
        <source>The program cannot decide this: %1</source>
        <translation>程序无法判定：%1</translation>
    </message>
    <message>
        <source>Which way is it? The record says that you decided.</source>
        <translation>请选择走哪个分支，记录中将注明由工程师决定。</translation>
    </message>
    <message>
        <source>There is nothing to choose from: nothing was collected yet.</source>
        <translation>没有可选项：尚未采集任何数据。</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Checking again what failed</source>
        <translation>正在复查未通过的项目</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>正在检查</translation>
    </message>
    <message>
        <source>Running on %1</source>
        <translation>正在 %1 上执行</translation>
    </message>
    <message>
        <source>Measuring on %1</source>
        <translation>正在 %1 上测量</translation>
    </message>
    <message>
        <source>Following the packet on %1</source>
        <translation>正在 %1 上追踪数据包</translation>
    </message>
    <message>
        <source>Checks: %1</source>
        <translation>检查套件：%1</translation>
    </message>
    <message>
        <source>On every node</source>
        <translation>在全部节点上</translation>
    </message>
    <message>
        <source>On %1</source>
        <translation>在 %1 上</translation>
    </message>
    <message>
        <source>Running …</source>
        <translation>运行中…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>What was run so far</source>
        <translation>已执行的内容</translation>
    </message>
    <message>
        <source>Leave it as it is</source>
        <translation>保持现状</translation>
    </message>
    <message>
        <source>Do not do it</source>
        <translation>不执行</translation>
    </message>
    <message>
        <source>Continue without it</source>
        <translation>跳过并继续</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>I have run it: check</source>
        <translation>已自行执行，开始验证</translation>
    </message>
    <message>
        <source>Take it back on %1</source>
        <translation>在 %1 上回滚</translation>
    </message>
    <message>
        <source>Run on %1</source>
        <translation>在 %1 上执行</translation>
    </message>
    <message>
        <source>Dry run</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source>Looks again every %1.</source>
        <translation>每 %1 复查一次。</translation>
    </message>
    <message>
        <source>Do not wait longer</source>
        <translation>不再等待</translation>
    </message>
    <message>
        <source>could not be decided</source>
        <translation>无法判定</translation>
    </message>
    <message>
        <source>rejected by the engineer</source>
        <translation>已被工程师否决</translation>
    </message>
    <message>
        <source>It holds after all</source>
        <translation>恢复该判定</translation>
    </message>
    <message>
        <source>This is wrong</source>
        <translation>判定有误</translation>
    </message>
    <message>
        <source>None of the causes that this guide knows holds.</source>
        <translation>此向导所涵盖的原因均不成立。</translation>
    </message>
    <message>
        <source>Note: %1</source>
        <translation>备注：%1</translation>
    </message>
    <message>
        <source>Decided by: %1, %2</source>
        <translation>决定者：%1，%2</translation>
    </message>
    <message>
        <source>Decide differently</source>
        <translation>改判</translation>
    </message>
    <message>
        <source>Simply go on to the next step</source>
        <translation>直接进入下一步</translation>
    </message>
    <message>
        <source>Repeat from here</source>
        <translation>从这一步重做</translation>
    </message>
    <message>
        <source>Overrule</source>
        <translation>改判</translation>
    </message>
    <message>
        <source>Back to the result</source>
        <translation>返回结果</translation>
    </message>
    <message>
        <source>Back to the current step</source>
        <translation>返回当前步骤</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Everything that was asked, decided and run is in the incident.</source>
        <translation>全部问答、判定与执行的命令都已记入事件。</translation>
    </message>
    <message>
        <source>Open the report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>Start again</source>
        <translation>重新开始</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Add a note</source>
        <translation>添加备注</translation>
    </message>
    <message>
        <source>What you saw, did or suspect; it is kept with this step</source>
        <translation>写下所见、所做或怀疑，备注将随这一步保存</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>The incident file can only be read: this run is not kept.</source>
        <translation>事件文件只读：本次操作不会被记录。</translation>
    </message>
    <message numerus="yes">
        <source>%n nodes</source>
        <translation>
            <numerusform>%n 个节点</numerusform>
        </translation>
    </message>
    <message>
        <source>None of the causes that this guide knows is proven.</source>
        <translation>本向导已知的原因均未得到证实。</translation>
    </message>
    <message>
        <source>Found on the way</source>
        <translation>排查过程中的判定</translation>
    </message>
    <message>
        <source>%1 could not be decided: something was not collected</source>
        <translation>另有 %1 项无法判定：缺少所需的采集数据</translation>
    </message>
    <message>
        <source>Asks for: %1</source>
        <translation>采集：%1</translation>
    </message>
</context>
<context>
    <name>medic::StepsList</name>
    <message numerus="yes">
        <source>notes: %n</source>
        <translation>
            <numerusform>备注 %n 条</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>wizard</name>
    <message>
        <source>to come</source>
        <translation>未到</translation>
    </message>
    <message>
        <source>now</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>not needed</source>
        <translation>不需要</translation>
    </message>
    <message>
        <source>undecided</source>
        <translation>未判定</translation>
    </message>
    <message>
        <source>declined</source>
        <translation>未执行</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Packet path</source>
        <translation>数据包路径</translation>
    </message>
    <message>
        <source>Measurement</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>no risk</source>
        <translation>无风险</translation>
    </message>
    <message>
        <source>low risk</source>
        <translation>低风险</translation>
    </message>
    <message>
        <source>medium risk</source>
        <translation>中风险</translation>
    </message>
    <message>
        <source>high risk</source>
        <translation>高风险</translation>
    </message>
    <message>
        <source>engineer, against the program</source>
        <translation>工程师（改判）</translation>
    </message>
    <message>
        <source>engineer</source>
        <translation>工程师</translation>
    </message>
    <message>
        <source>program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>checked</source>
        <translation>已检查</translation>
    </message>
    <message>
        <source>done and verified</source>
        <translation>已执行并验证</translation>
    </message>
    <message>
        <source>done, but it did not help</source>
        <translation>已执行，但没有效果</translation>
    </message>
    <message>
        <source>rolled back</source>
        <translation>已回滚</translation>
    </message>
    <message>
        <source>done in part of the places</source>
        <translation>部分执行</translation>
    </message>
    <message>
        <source>no difference</source>
        <translation>无差异</translation>
    </message>
    <message>
        <source>they differ</source>
        <translation>存在差异</translation>
    </message>
    <message>
        <source>it has come about</source>
        <translation>条件已满足</translation>
    </message>
    <message>
        <source>it has not come about</source>
        <translation>条件未满足</translation>
    </message>
    <message>
        <source>time is over</source>
        <translation>时间已到</translation>
    </message>
    <message>
        <source>not waited for</source>
        <translation>未等待</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>nothing to act on</source>
        <translation>无需执行</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>delivered</source>
        <translation>已送达</translation>
    </message>
    <message>
        <source>forwarded</source>
        <translation>已转发</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>被丢弃</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>no route</source>
        <translation>无路由</translation>
    </message>
    <message>
        <source>control-plane node</source>
        <translation>控制平面节点</translation>
    </message>
    <message>
        <source>worker node</source>
        <translation>工作节点</translation>
    </message>
    <message>
        <source>role unknown</source>
        <translation>角色未知</translation>
    </message>
    <message>
        <source>number of Pods unknown</source>
        <translation>Pod 数量未知</translation>
    </message>
    <message numerus="yes">
        <source>Pods on it: %n</source>
        <translation>
            <numerusform>运行 %n 个 Pod</numerusform>
        </translation>
    </message>
    <message>
        <source>verdicts that hold: %1</source>
        <translation>成立的判定：%1 项</translation>
    </message>
</context>
</TS>
