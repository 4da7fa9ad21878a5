<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>medic::BarsChart</name>
    <message>
        <source>warning from %1 %</source>
        <translation>%1 % 起告警</translation>
    </message>
</context>
<context>
    <name>medic::CommandPalette</name>
    <message>
        <source>Paste an error, ask a path, find anything…</source>
        <translation>粘贴报错、查询路径、搜索任何内容…</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>搜索结果</translation>
    </message>
</context>
<context>
    <name>medic::ComponentRow</name>
    <message>
        <source>runtime</source>
        <translation>运行时</translation>
    </message>
    <message>
        <source>time</source>
        <translation>时间</translation>
    </message>
</context>
<context>
    <name>medic::ConnectDialog</name>
    <message>
        <source>Choose a file</source>
        <translation>选择文件</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Nodes, line %1</source>
        <translation>节点，第 %1 行</translation>
    </message>
    <message>
        <source>Connect to a cluster</source>
        <translation>连接集群</translation>
    </message>
    <message>
        <source>kubeconfig</source>
        <translation>kubeconfig</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文（context）</translation>
    </message>
    <message>
        <source>apiserver through</source>
        <translation>apiserver 经由</translation>
    </message>
    <message>
        <source>SSH user</source>
        <translation>SSH 用户</translation>
    </message>
    <message>
        <source>SSH port</source>
        <translation>SSH 端口</translation>
    </message>
    <message>
        <source>Key files</source>
        <translation>密钥文件</translation>
    </message>
    <message>
        <source>Jump hosts</source>
        <translation>跳板机</translation>
    </message>
    <message>
        <source>SSH configuration</source>
        <translation>SSH 配置</translation>
    </message>
    <message>
        <source>Node address</source>
        <translation>节点地址</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Hosts file</source>
        <translation>主机清单文件</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>标记颜色</translation>
    </message>
    <message>
        <source>none: nodes are reached over SSH alone</source>
        <translation>不填则只通过 SSH 访问节点</translation>
    </message>
    <message>
        <source>directly, or a node or jump host from which it is visible</source>
        <translation>不填为直连；或填写能访问它的节点、跳板机</translation>
    </message>
    <message>
        <source>as the SSH configuration says</source>
        <translation>按 SSH 配置</translation>
    </message>
    <message>
        <source>agent and the usual key files</source>
        <translation>ssh-agent 与常用密钥文件</translation>
    </message>
    <message>
        <source>outermost first, separated by commas</source>
        <translation>由外到内，逗号分隔</translation>
    </message>
    <message>
        <source>one a line; used when the apiserver is silent, and to map names to addresses:
node-1 = root@10.0.0.11:22
node-2 = 10.0.0.12 via bastion
this-host = local</source>
        <translation>每行一个；apiserver 不响应时使用，也用于把节点名对应到地址：
node-1 = root@10.0.0.11:22
node-2 = 10.0.0.12 via bastion
this-host = local</translation>
    </message>
    <message>
        <source>further nodes: one host a line, or YAML</source>
        <translation>更多节点：每行一个主机，或 YAML</translation>
    </message>
    <message>
        <source>Use sudo where root is needed</source>
        <translation>需要 root 时使用 sudo</translation>
    </message>
    <message>
        <source>This is production: changes must be confirmed by typing the cluster&apos;s name</source>
        <translation>生产环境：任何变更都须输入集群名确认</translation>
    </message>
    <message>
        <source>Read-only: nothing on the cluster is changed</source>
        <translation>只读：不对集群做任何变更</translation>
    </message>
    <message>
        <source>no colour</source>
        <translation>无颜色</translation>
    </message>
    <message>
        <source>red</source>
        <translation>红</translation>
    </message>
    <message>
        <source>amber</source>
        <translation>橙黄</translation>
    </message>
    <message>
        <source>green</source>
        <translation>绿</translation>
    </message>
    <message>
        <source>teal</source>
        <translation>青</translation>
    </message>
    <message>
        <source>violet</source>
        <translation>紫</translation>
    </message>
    <message>
        <source>grey</source>
        <translation>灰</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Saved clusters</source>
        <translation>已保存的集群</translation>
    </message>
    <message>
        <source>Safety</source>
        <translation>安全</translation>
    </message>
    <message>
        <source>No cluster saved yet. What you save here is kept without passwords.</source>
        <translation>尚未保存集群。保存时不会存入任何密码。</translation>
    </message>
</context>
<context>
    <name>medic::EvidenceDrawer</name>
    <message>
        <source>cluster</source>
        <translation>集群</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>exit status %1</source>
        <translation>退出码 %1</translation>
    </message>
    <message>
        <source>cut short at the output limit</source>
        <translation>超出输出上限，已截断</translation>
    </message>
    <message numerus="yes">
        <source>%n line(s) lit</source>
        <translation>
            <numerusform>%n 行高亮</numerusform>
        </translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>证据</translation>
    </message>
    <message>
        <source>Everything that is claimed here rests on what a command printed. Choose a line of evidence, a component or an observation, and its raw output appears here.</source>
        <translation>这里的每个结论都以命令的原始输出为依据。选择一条证据、一个组件或一项观测，即可在此查看其原始输出。</translation>
    </message>
    <message>
        <source>Close the evidence (F9)</source>
        <translation>关闭证据栏（F9）</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>Copy output</source>
        <translation>复制输出</translation>
    </message>
    <message>
        <source>Next lit line (N)</source>
        <translation>下一处高亮（N）</translation>
    </message>
    <message>
        <source>Previous lit line (Shift+N)</source>
        <translation>上一处高亮（Shift+N）</translation>
    </message>
    <message>
        <source>Find in output</source>
        <translation>在输出中查找</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>标准输出</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>标准错误</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Show the exact command</source>
        <translation>显示实际执行的命令</translation>
    </message>
</context>
<context>
    <name>medic::EvidenceExcerpt</name>
    <message>
        <source>cluster</source>
        <translation>集群</translation>
    </message>
    <message>
        <source>it printed nothing</source>
        <translation>没有任何输出</translation>
    </message>
    <message numerus="yes">
        <source>and %n more line(s)</source>
        <translation>
            <numerusform>另有 %n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Evidence: %1</source>
        <translation>证据：%1</translation>
    </message>
</context>
<context>
    <name>medic::FilterBar</name>
    <message>
        <source>Only: %1</source>
        <translation>只看：%1</translation>
    </message>
</context>
<context>
    <name>medic::FindingPanel</name>
    <message>
        <source>since %1</source>
        <translation>始于 %1</translation>
    </message>
    <message>
        <source>Open the node</source>
        <translation>打开节点</translation>
    </message>
    <message>
        <source>What it means</source>
        <translation>含义</translation>
    </message>
    <message>
        <source>Why it matters</source>
        <translation>影响</translation>
    </message>
    <message>
        <source>How we know</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>What to do next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Start the guide</source>
        <translation>开始向导</translation>
    </message>
    <message>
        <source>Ours: links and notes of the team</source>
        <translation>团队自己的链接与笔记</translation>
    </message>
    <message>
        <source>References</source>
        <translation>参考资料</translation>
    </message>
    <message>
        <source>Add a link or a note</source>
        <translation>添加链接或笔记</translation>
    </message>
    <message>
        <source>link is dead</source>
        <translation>链接已失效</translation>
    </message>
</context>
<context>
    <name>medic::FindingsModel</name>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n 个节点</numerusform>
        </translation>
    </message>
    <message>
        <source>cluster</source>
        <translation>集群</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>本机</translation>
    </message>
    <message numerus="yes">
        <source>%n place(s)</source>
        <translation>
            <numerusform>%n 处</numerusform>
        </translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>置信度</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>始于</translation>
    </message>
</context>
<context>
    <name>medic::FindingsView</name>
    <message>
        <source>No cluster, no incident</source>
        <translation>尚未连接集群，也未打开故障记录</translation>
    </message>
    <message>
        <source>Connect to a cluster or open a recorded incident; what is wrong with it appears here.</source>
        <translation>连接集群或打开一份故障记录后，发现的问题会显示在这里。</translation>
    </message>
    <message>
        <source>Go to the start page</source>
        <translation>回到开始页</translation>
    </message>
    <message>
        <source>Nothing found so far</source>
        <translation>目前没有发现问题</translation>
    </message>
    <message>
        <source>The sweep is running; findings appear as soon as their facts have come.</source>
        <translation>采集正在进行，所需信息一到，诊断结论就会出现。</translation>
    </message>
    <message>
        <source>Not looked yet</source>
        <translation>尚未检查</translation>
    </message>
    <message>
        <source>A sweep asks the apiserver and every node once, read-only.</source>
        <translation>采集会以只读方式向 apiserver 和每个节点各查询一次。</translation>
    </message>
    <message>
        <source>Sweep now</source>
        <translation>立即采集</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>没有发现问题</translation>
    </message>
    <message>
        <source>Every check that could run passed. What could not be looked at would be listed here as unknown.</source>
        <translation>能执行的检查均已通过。无法检查的项目会以“未知”列在这里。</translation>
    </message>
    <message>
        <source>Filter findings</source>
        <translation>筛选诊断结论</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>诊断结论</translation>
    </message>
</context>
<context>
    <name>medic::HeaderBar</name>
    <message>
        <source>No cluster</source>
        <translation>未连接集群</translation>
    </message>
    <message>
        <source>PRODUCTION</source>
        <translation>生产环境</translation>
    </message>
    <message>
        <source>read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>changes allowed</source>
        <translation>允许变更</translation>
    </message>
    <message>
        <source>Paste an error, ask a path, find anything…</source>
        <translation>粘贴报错、查询路径、搜索任何内容…</translation>
    </message>
    <message>
        <source>Command box</source>
        <translation>命令框</translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation>浅色 / 深色</translation>
    </message>
    <message>
        <source>Switch the language</source>
        <translation>切换语言</translation>
    </message>
    <message>
        <source>recording of %1</source>
        <translation>故障记录 %1</translation>
    </message>
</context>
<context>
    <name>medic::HeatMap</name>
    <message>
        <source>Heat map of the nodes</source>
        <translation>节点热力图</translation>
    </message>
    <message>
        <source>role not known</source>
        <translation>角色未知</translation>
    </message>
    <message>
        <source>Save as a picture…</source>
        <translation>保存为图片…</translation>
    </message>
    <message>
        <source>Save the heat map</source>
        <translation>保存热力图</translation>
    </message>
    <message>
        <source>Cannot write %1</source>
        <translation>无法写入 %1</translation>
    </message>
</context>
<context>
    <name>medic::IncidentDesk</name>
    <message>
        <source>There is no saved cluster %1</source>
        <translation>没有名为 %1 的已保存集群</translation>
    </message>
    <message>
        <source>Open an incident</source>
        <translation>打开故障记录</translation>
    </message>
    <message>
        <source>Incidents (*.medic)</source>
        <translation>故障记录 (*.medic)</translation>
    </message>
</context>
<context>
    <name>medic::IncidentSummary</name>
    <message numerus="yes">
        <source>%n failure(s)</source>
        <translation>
            <numerusform>%n 项故障</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n 项警告</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unknown(s)</source>
        <translation>
            <numerusform>%n 项未知</numerusform>
        </translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>没有发现问题</translation>
    </message>
    <message>
        <source>not looked at yet</source>
        <translation>尚未检查</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
</context>
<context>
    <name>medic::KnowledgeModel</name>
    <message>
        <source>The team&apos;s own links and notes</source>
        <translation>团队自己的链接与笔记</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n dead</source>
        <translation>
            <numerusform>%1，%n 失效</numerusform>
        </translation>
    </message>
    <message>
        <source>yes</source>
        <translation>有</translation>
    </message>
    <message>
        <source>What can be wrong</source>
        <translation>可能出现的问题</translation>
    </message>
    <message>
        <source>Family</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>本次</translation>
    </message>
    <message>
        <source>References</source>
        <translation>参考资料</translation>
    </message>
    <message>
        <source>Ours</source>
        <translation>团队</translation>
    </message>
</context>
<context>
    <name>medic::KnowledgePanel</name>
    <message>
        <source>The team&apos;s own links and notes</source>
        <translation>团队自己的链接与笔记</translation>
    </message>
    <message>
        <source>What holds for every cluster of yours: telephone lists, runbooks, dashboards. What belongs to one finding is kept beside that finding.</source>
        <translation>适用于你们所有集群的内容：值班电话、操作手册、监控面板。只与某一条结论相关的，请记在那条结论旁边。</translation>
    </message>
    <message numerus="yes">
        <source>%n finding(s) here</source>
        <translation>
            <numerusform>本次发现 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>What it means</source>
        <translation>含义</translation>
    </message>
    <message>
        <source>Why it matters</source>
        <translation>影响</translation>
    </message>
    <message>
        <source>What to do next</source>
        <translation>下一步</translation>
    </message>
    <message>
        <source>Open the guide</source>
        <translation>打开向导</translation>
    </message>
    <message>
        <source>References</source>
        <translation>参考资料</translation>
    </message>
    <message>
        <source>Pasted text that means this (regular expressions)</source>
        <translation>粘贴后会指向这里的报错（正则表达式）</translation>
    </message>
    <message>
        <source>Links</source>
        <translation>链接</translation>
    </message>
    <message>
        <source>Ours: links and notes of the team</source>
        <translation>团队自己的链接与笔记</translation>
    </message>
    <message>
        <source>It works again</source>
        <translation>已恢复可用</translation>
    </message>
    <message>
        <source>Mark as dead</source>
        <translation>标记为失效</translation>
    </message>
    <message>
        <source>Remove this link</source>
        <translation>删除此链接</translation>
    </message>
    <message>
        <source>Notes cannot be kept: %1</source>
        <translation>笔记无法保存：%1</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Title of a new link</source>
        <translation>新链接的标题</translation>
    </message>
    <message>
        <source>Address of a new link</source>
        <translation>新链接的地址</translation>
    </message>
    <message>
        <source>Add link</source>
        <translation>添加链接</translation>
    </message>
    <message>
        <source>Notes of the team, kept in %1</source>
        <translation>团队笔记，保存在 %1</translation>
    </message>
    <message>
        <source>Notes of the team</source>
        <translation>团队笔记</translation>
    </message>
    <message>
        <source>A link begins with https:// or http://</source>
        <translation>链接须以 https:// 或 http:// 开头</translation>
    </message>
</context>
<context>
    <name>medic::KnowledgeView</name>
    <message>
        <source>Search what can be wrong, in English or Chinese</source>
        <translation>搜索问题、报错、参考资料（中英文均可）</translation>
    </message>
    <message>
        <source>Knowledge</source>
        <translation>知识库</translation>
    </message>
</context>
<context>
    <name>medic::MainWindow</name>
    <message>
        <source>Clusters…</source>
        <translation>集群…</translation>
    </message>
    <message>
        <source>Open an incident…</source>
        <translation>打开故障记录…</translation>
    </message>
    <message>
        <source>There is no %1 here</source>
        <translation>这里没有 %1</translation>
    </message>
    <message>
        <source>view</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Sweep again</source>
        <translation>重新采集</translation>
    </message>
    <message>
        <source>Cancel the sweep</source>
        <translation>取消采集</translation>
    </message>
    <message>
        <source>Show or hide the evidence</source>
        <translation>显示或隐藏证据栏</translation>
    </message>
    <message>
        <source>Connect to a cluster</source>
        <translation>连接集群</translation>
    </message>
    <message>
        <source>Open an incident</source>
        <translation>打开故障记录</translation>
    </message>
    <message>
        <source>Light or dark</source>
        <translation>浅色 / 深色</translation>
    </message>
    <message>
        <source>follow this packet</source>
        <translation>追踪这个报文</translation>
    </message>
    <message>
        <source>This is a recording: there is nothing to sweep</source>
        <translation>这是故障记录，无法重新采集</translation>
    </message>
    <message>
        <source>Connect to a cluster first</source>
        <translation>请先连接集群</translation>
    </message>
    <message>
        <source>Cluster Medic</source>
        <translation>集群医生</translation>
    </message>
    <message>
        <source>Switch the language</source>
        <translation>切换语言</translation>
    </message>
    <message>
        <source>This guide begins as soon as there is a cluster or an incident to look at</source>
        <translation>连接集群或打开故障记录后，该向导会自动开始</translation>
    </message>
    <message>
        <source>Opening %1 …</source>
        <translation>正在打开 %1 ……</translation>
    </message>
</context>
<context>
    <name>medic::NodeFacts</name>
    <message>
        <source>cordoned</source>
        <translation>已禁止调度</translation>
    </message>
    <message>
        <source>up %1</source>
        <translation>已运行 %1</translation>
    </message>
    <message>
        <source>healthy</source>
        <translation>健康</translation>
    </message>
    <message>
        <source>answers, with faults</source>
        <translation>有应答，但有故障</translation>
    </message>
    <message>
        <source>%1 in state %2</source>
        <translation>%1 状态为 %2</translation>
    </message>
    <message>
        <source>no process</source>
        <translation>没有进程</translation>
    </message>
    <message>
        <source>no configuration</source>
        <translation>没有配置</translation>
    </message>
    <message>
        <source>no nameserver</source>
        <translation>没有 nameserver</translation>
    </message>
    <message>
        <source>%1 s off</source>
        <translation>偏差 %1 秒</translation>
    </message>
    <message>
        <source>in step</source>
        <translation>已同步</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>used</source>
        <translation>已用</translation>
    </message>
    <message>
        <source>page cache</source>
        <translation>页缓存</translation>
    </message>
    <message>
        <source>swap</source>
        <translation>swap</translation>
    </message>
    <message>
        <source>conntrack</source>
        <translation>conntrack</translation>
    </message>
    <message>
        <source>open files</source>
        <translation>打开的文件</translation>
    </message>
    <message>
        <source>threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>inodes %1</source>
        <translation>inode %1</translation>
    </message>
</context>
<context>
    <name>medic::NodePanel</name>
    <message>
        <source>Findings (%1)</source>
        <translation>诊断结论（%1）</translation>
    </message>
    <message>
        <source>Observations (%1)</source>
        <translation>原始观测（%1）</translation>
    </message>
    <message>
        <source>Back to all nodes (Esc)</source>
        <translation>返回全部节点（Esc）</translation>
    </message>
    <message>
        <source>Sweep this node</source>
        <translation>重新采集该节点</translation>
    </message>
    <message>
        <source>File systems</source>
        <translation>文件系统</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Pressure, last minute</source>
        <translation>资源压力（PSI，近 1 分钟）</translation>
    </message>
    <message>
        <source>Limits of the kernel</source>
        <translation>内核上限</translation>
    </message>
    <message>
        <source>Bandwidth</source>
        <translation>带宽</translation>
    </message>
    <message>
        <source>Name queries</source>
        <translation>DNS 查询</translation>
    </message>
    <message>
        <source>Elasticsearch</source>
        <translation>Elasticsearch</translation>
    </message>
    <message>
        <source>PLEG relists</source>
        <translation>PLEG relist</translation>
    </message>
    <message>
        <source>PLEG timeline</source>
        <translation>PLEG 时间线</translation>
    </message>
    <message>
        <source>Runtime answers</source>
        <translation>运行时响应</translation>
    </message>
</context>
<context>
    <name>medic::NodesModel</name>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>连接中</translation>
    </message>
    <message>
        <source>running</source>
        <translation>采集中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>partial</source>
        <translation>部分完成</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>不可达</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>采集</translation>
    </message>
    <message>
        <source>Failures</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>What matters most</source>
        <translation>最要紧的问题</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>版本</translation>
    </message>
</context>
<context>
    <name>medic::NodesView</name>
    <message>
        <source>No cluster, no incident</source>
        <translation>尚未连接集群，也未打开故障记录</translation>
    </message>
    <message>
        <source>Connect to a cluster or open a recorded incident; its nodes appear here.</source>
        <translation>连接集群或打开一份故障记录后，节点会显示在这里。</translation>
    </message>
    <message>
        <source>Go to the start page</source>
        <translation>回到开始页</translation>
    </message>
    <message>
        <source>Asking for the nodes</source>
        <translation>正在获取节点列表</translation>
    </message>
    <message>
        <source>The apiserver is asked first; where it does not answer, the profile&apos;s own list and hosts file are used.</source>
        <translation>先向 apiserver 查询；若不响应，则使用集群配置里的节点列表和主机清单文件。</translation>
    </message>
    <message>
        <source>No nodes yet</source>
        <translation>还没有节点</translation>
    </message>
    <message>
        <source>Nothing was contacted so far. A sweep asks the apiserver and every node once, read-only.</source>
        <translation>目前尚未访问任何主机。采集会以只读方式向 apiserver 和每个节点各查询一次。</translation>
    </message>
    <message>
        <source>Sweep now</source>
        <translation>立即采集</translation>
    </message>
    <message>
        <source>No nodes in this incident</source>
        <translation>这份故障记录里没有节点</translation>
    </message>
    <message>
        <source>The recording holds no observation of any node.</source>
        <translation>记录中没有任何节点的观测数据。</translation>
    </message>
    <message>
        <source>Filter nodes</source>
        <translation>筛选节点</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>节点</translation>
    </message>
</context>
<context>
    <name>medic::ObservationsModel</name>
    <message>
        <source>cut short</source>
        <translation>已截断</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Probe</source>
        <translation>探针</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Exit</source>
        <translation>退出码</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>耗时</translation>
    </message>
</context>
<context>
    <name>medic::OutputView</name>
    <message>
        <source>Raw output</source>
        <translation>原始输出</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>medic::ProbeName</name>
    <message>
        <source>ConfigMaps</source>
        <translation>ConfigMap</translation>
    </message>
    <message>
        <source>Connection to the apiserver</source>
        <translation>apiserver 连接</translation>
    </message>
    <message>
        <source>DaemonSets</source>
        <translation>DaemonSet</translation>
    </message>
    <message>
        <source>Deployments</source>
        <translation>Deployment</translation>
    </message>
    <message>
        <source>Endpoints</source>
        <translation>Endpoints</translation>
    </message>
    <message>
        <source>EndpointSlices</source>
        <translation>EndpointSlice</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>kubelet configuration in use</source>
        <translation>kubelet 生效配置</translation>
    </message>
    <message>
        <source>kubelet metrics</source>
        <translation>kubelet 指标</translation>
    </message>
    <message>
        <source>Leases</source>
        <translation>Lease</translation>
    </message>
    <message>
        <source>apiserver liveness</source>
        <translation>apiserver 存活检查</translation>
    </message>
    <message>
        <source>Namespaces</source>
        <translation>命名空间</translation>
    </message>
    <message>
        <source>NetworkPolicies</source>
        <translation>NetworkPolicy</translation>
    </message>
    <message>
        <source>Resource use of Pods</source>
        <translation>Pod 资源用量</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>节点</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>apiserver readiness</source>
        <translation>apiserver 就绪检查</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>Service</translation>
    </message>
    <message>
        <source>Version of the cluster</source>
        <translation>集群版本</translation>
    </message>
    <message>
        <source>apiserver log</source>
        <translation>apiserver 日志</translation>
    </message>
    <message>
        <source>apiserver seen from the node</source>
        <translation>从节点访问 apiserver</translation>
    </message>
    <message>
        <source>Listen queues of Pods</source>
        <translation>Pod 的监听队列</translation>
    </message>
    <message>
        <source>Bridge ports</source>
        <translation>网桥端口</translation>
    </message>
    <message>
        <source>Free memory by block size</source>
        <translation>内存碎片（buddyinfo）</translation>
    </message>
    <message>
        <source>Certificates</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>cgroup version</source>
        <translation>cgroup 版本</translation>
    </message>
    <message>
        <source>cgroup statistics</source>
        <translation>cgroup 统计</translation>
    </message>
    <message>
        <source>Time synchronisation</source>
        <translation>时间同步</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>系统时钟</translation>
    </message>
    <message>
        <source>CNI plugins</source>
        <translation>CNI 插件</translation>
    </message>
    <message>
        <source>CNI configuration</source>
        <translation>CNI 配置</translation>
    </message>
    <message>
        <source>Addresses given to Pods</source>
        <translation>已分配的 Pod 地址</translation>
    </message>
    <message>
        <source>CNI plugin versions</source>
        <translation>CNI 插件版本</translation>
    </message>
    <message>
        <source>Command of a guide</source>
        <translation>向导执行的命令</translation>
    </message>
    <message>
        <source>Connection over SSH</source>
        <translation>SSH 连接</translation>
    </message>
    <message>
        <source>conntrack entries</source>
        <translation>conntrack 表项</translation>
    </message>
    <message>
        <source>conntrack counters</source>
        <translation>conntrack 统计</translation>
    </message>
    <message>
        <source>conntrack fill level</source>
        <translation>conntrack 使用量</translation>
    </message>
    <message>
        <source>CoreDNS log</source>
        <translation>CoreDNS 日志</translation>
    </message>
    <message>
        <source>CoreDNS metrics</source>
        <translation>CoreDNS 指标</translation>
    </message>
    <message>
        <source>Images (crictl)</source>
        <translation>镜像（crictl）</translation>
    </message>
    <message>
        <source>Runtime status (crictl)</source>
        <translation>运行时状态（crictl）</translation>
    </message>
    <message>
        <source>Pod sandboxes (crictl)</source>
        <translation>Pod 沙箱（crictl）</translation>
    </message>
    <message>
        <source>Containers (crictl)</source>
        <translation>容器（crictl）</translation>
    </message>
    <message>
        <source>Containers (containerd)</source>
        <translation>容器（containerd）</translation>
    </message>
    <message>
        <source>Images (containerd)</source>
        <translation>镜像（containerd）</translation>
    </message>
    <message>
        <source>Processes in uninterruptible sleep</source>
        <translation>D 状态进程</translation>
    </message>
    <message>
        <source>Disk space</source>
        <translation>磁盘空间</translation>
    </message>
    <message>
        <source>Inodes</source>
        <translation>inode 使用量</translation>
    </message>
    <message>
        <source>What fills the disk</source>
        <translation>磁盘占用大户</translation>
    </message>
    <message>
        <source>Disk activity</source>
        <translation>磁盘 I/O 统计</translation>
    </message>
    <message>
        <source>Name queries from node and Pods</source>
        <translation>节点与 Pod 的 DNS 查询</translation>
    </message>
    <message>
        <source>Name server on this node</source>
        <translation>本节点的 DNS 服务器</translation>
    </message>
    <message>
        <source>Images (docker)</source>
        <translation>镜像（docker）</translation>
    </message>
    <message>
        <source>docker information</source>
        <translation>docker 信息</translation>
    </message>
    <message>
        <source>Containers (docker)</source>
        <translation>容器（docker）</translation>
    </message>
    <message>
        <source>Elasticsearch on this node</source>
        <translation>本节点的 Elasticsearch</translation>
    </message>
    <message>
        <source>etcd health</source>
        <translation>etcd 健康检查</translation>
    </message>
    <message>
        <source>etcd log</source>
        <translation>etcd 日志</translation>
    </message>
    <message>
        <source>etcd metrics</source>
        <translation>etcd 指标</translation>
    </message>
    <message>
        <source>Open files</source>
        <translation>打开的文件数</translation>
    </message>
    <message>
        <source>Who removed images</source>
        <translation>镜像删除记录</translation>
    </message>
    <message>
        <source>Host name</source>
        <translation>主机名</translation>
    </message>
    <message>
        <source>hosts file</source>
        <translation>hosts 文件</translation>
    </message>
    <message>
        <source>Reachability of the registry</source>
        <translation>镜像仓库连通性</translation>
    </message>
    <message>
        <source>Init system</source>
        <translation>init 系统</translation>
    </message>
    <message>
        <source>inotify watches</source>
        <translation>inotify 监视数</translation>
    </message>
    <message>
        <source>Addresses of the interfaces</source>
        <translation>网卡地址</translation>
    </message>
    <message>
        <source>Network interfaces</source>
        <translation>网卡</translation>
    </message>
    <message>
        <source>Neighbour table</source>
        <translation>邻居表（ARP/NDP）</translation>
    </message>
    <message>
        <source>Routes (IPv4)</source>
        <translation>IPv4 路由表</translation>
    </message>
    <message>
        <source>Routing rules (IPv4)</source>
        <translation>IPv4 策略路由</translation>
    </message>
    <message>
        <source>Routes (IPv6)</source>
        <translation>IPv6 路由表</translation>
    </message>
    <message>
        <source>Routing rules (IPv6)</source>
        <translation>IPv6 策略路由</translation>
    </message>
    <message>
        <source>ip6tables rules (legacy)</source>
        <translation>ip6tables 规则（legacy）</translation>
    </message>
    <message>
        <source>ip6tables rules (nft)</source>
        <translation>ip6tables 规则（nft）</translation>
    </message>
    <message>
        <source>ip6tables rules</source>
        <translation>ip6tables 规则</translation>
    </message>
    <message>
        <source>IP sets</source>
        <translation>ipset 集合</translation>
    </message>
    <message>
        <source>iptables rules (legacy)</source>
        <translation>iptables 规则（legacy）</translation>
    </message>
    <message>
        <source>iptables rules (nft)</source>
        <translation>iptables 规则（nft）</translation>
    </message>
    <message>
        <source>iptables rules</source>
        <translation>iptables 规则</translation>
    </message>
    <message>
        <source>IPVS virtual servers</source>
        <translation>IPVS 虚拟服务器</translation>
    </message>
    <message>
        <source>IPVS connections</source>
        <translation>IPVS 连接</translation>
    </message>
    <message>
        <source>IPVS counters</source>
        <translation>IPVS 统计</translation>
    </message>
    <message>
        <source>Kernel log</source>
        <translation>内核日志</translation>
    </message>
    <message>
        <source>Kernel configuration</source>
        <translation>内核编译选项</translation>
    </message>
    <message>
        <source>kube-proxy health</source>
        <translation>kube-proxy 健康检查</translation>
    </message>
    <message>
        <source>kube-proxy liveness</source>
        <translation>kube-proxy 存活检查</translation>
    </message>
    <message>
        <source>kube-proxy log</source>
        <translation>kube-proxy 日志</translation>
    </message>
    <message>
        <source>kube-proxy metrics</source>
        <translation>kube-proxy 指标</translation>
    </message>
    <message>
        <source>kube-proxy mode</source>
        <translation>kube-proxy 模式</translation>
    </message>
    <message>
        <source>kube-proxy version</source>
        <translation>kube-proxy 版本</translation>
    </message>
    <message>
        <source>kubelet configuration</source>
        <translation>kubelet 配置</translation>
    </message>
    <message>
        <source>kubelet flags</source>
        <translation>kubelet 启动参数</translation>
    </message>
    <message>
        <source>kubelet health</source>
        <translation>kubelet 健康检查</translation>
    </message>
    <message>
        <source>kubelet log</source>
        <translation>kubelet 日志</translation>
    </message>
    <message>
        <source>kubelet version</source>
        <translation>kubelet 版本</translation>
    </message>
    <message>
        <source>Reboots and shutdowns</source>
        <translation>重启与关机记录</translation>
    </message>
    <message>
        <source>Load average</source>
        <translation>系统负载</translation>
    </message>
    <message>
        <source>Static Pods</source>
        <translation>静态 Pod 清单</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Kernel modules</source>
        <translation>内核模块</translation>
    </message>
    <message>
        <source>Mounts</source>
        <translation>挂载点</translation>
    </message>
    <message>
        <source>Neighbour table limits</source>
        <translation>邻居表上限与统计</translation>
    </message>
    <message>
        <source>Protocol counters</source>
        <translation>协议栈计数器</translation>
    </message>
    <message>
        <source>nftables hooks</source>
        <translation>nftables hook</translation>
    </message>
    <message>
        <source>nftables rules</source>
        <translation>nftables 规则</translation>
    </message>
    <message>
        <source>Processors</source>
        <translation>CPU 核数</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>操作系统</translation>
    </message>
    <message>
        <source>Process limits</source>
        <translation>进程数上限</translation>
    </message>
    <message>
        <source>Network namespaces of Pods</source>
        <translation>Pod 网络命名空间</translation>
    </message>
    <message>
        <source>Resource pressure (PSI)</source>
        <translation>资源压力（PSI）</translation>
    </message>
    <message>
        <source>Processes</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Registry on this node</source>
        <translation>本节点的镜像仓库</translation>
    </message>
    <message>
        <source>resolv.conf</source>
        <translation>resolv.conf</translation>
    </message>
    <message>
        <source>Name servers of the node</source>
        <translation>节点的 DNS 配置</translation>
    </message>
    <message>
        <source>Response of each container</source>
        <translation>逐个容器的响应时间</translation>
    </message>
    <message>
        <source>Response of the container runtime</source>
        <translation>容器运行时响应时间</translation>
    </message>
    <message>
        <source>Container runtime log</source>
        <translation>容器运行时日志</translation>
    </message>
    <message>
        <source>Container runtime versions</source>
        <translation>容器运行时版本</translation>
    </message>
    <message>
        <source>Ways to the kubernetes Service</source>
        <translation>访问 kubernetes Service 的路径</translation>
    </message>
    <message>
        <source>Sockets</source>
        <translation>套接字</translation>
    </message>
    <message>
        <source>Sockets in numbers</source>
        <translation>套接字统计</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>swap 分区</translation>
    </message>
    <message>
        <source>Kernel settings (sysctl)</source>
        <translation>内核参数（sysctl）</translation>
    </message>
    <message>
        <source>Traffic control filters</source>
        <translation>流量控制过滤器（tc filter）</translation>
    </message>
    <message>
        <source>Traffic control</source>
        <translation>流量控制（tc qdisc）</translation>
    </message>
    <message>
        <source>Kernel version</source>
        <translation>内核版本</translation>
    </message>
    <message>
        <source>systemd units</source>
        <translation>systemd 单元</translation>
    </message>
    <message>
        <source>Uptime</source>
        <translation>运行时长</translation>
    </message>
    <message>
        <source>CPU use</source>
        <translation>CPU 使用情况</translation>
    </message>
    <message>
        <source>User of the session</source>
        <translation>登录用户</translation>
    </message>
    <message>
        <source>Session affinity entries</source>
        <translation>会话保持记录（xt_recent）</translation>
    </message>
</context>
<context>
    <name>medic::RatesChart</name>
    <message>
        <source>asked for (annotation)</source>
        <translation>期望（注解）</translation>
    </message>
    <message>
        <source>in force (tc)</source>
        <translation>实际（tc）</translation>
    </message>
    <message>
        <source>Bandwidth: asked for and in force</source>
        <translation>带宽：期望与实际</translation>
    </message>
</context>
<context>
    <name>medic::SecretsDialog</name>
    <message>
        <source>Needed to reach the nodes</source>
        <translation>访问节点所需的信息</translation>
    </message>
    <message numerus="yes">
        <source>%n node(s) could not be reached without this:</source>
        <translation>
            <numerusform>缺少以下信息，%n 个节点无法访问：</numerusform>
        </translation>
    </message>
    <message>
        <source>Unknown host key of %1</source>
        <translation>%1 的主机密钥未知</translation>
    </message>
    <message>
        <source>Passphrase of %1</source>
        <translation>%1 的口令</translation>
    </message>
    <message>
        <source>Password of %1</source>
        <translation>%1 的密码</translation>
    </message>
    <message>
        <source>sudo password of %1</source>
        <translation>%1 的 sudo 密码</translation>
    </message>
    <message>
        <source>I have compared the fingerprint: remember this key in known_hosts</source>
        <translation>我已核对指纹，把该密钥写入 known_hosts</translation>
    </message>
    <message>
        <source>Kept in memory until the window closes; never in a file, a log or a report.</source>
        <translation>仅保存在内存中，关闭窗口即清除；不会写入文件、日志或报告。</translation>
    </message>
    <message>
        <source>Leave these nodes out</source>
        <translation>跳过这些节点</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>medic::StartView</name>
    <message>
        <source>None yet. Every sweep is kept as an incident and appears here.</source>
        <translation>暂无。每次采集都会保存为一份故障记录并显示在这里。</translation>
    </message>
    <message>
        <source>PRODUCTION</source>
        <translation>生产环境</translation>
    </message>
    <message>
        <source>None saved yet.</source>
        <translation>尚未保存任何集群。</translation>
    </message>
    <message>
        <source>This build was made without recorded samples.</source>
        <translation>此版本不含示例故障记录。</translation>
    </message>
    <message>
        <source>No guide knows these words. Connect and sweep: the checks look without being told.</source>
        <translation>没有向导认识这段文字。连接集群采集一次即可，检查不需要先知道症状。</translation>
    </message>
    <message>
        <source>What is wrong?</source>
        <translation>遇到了什么问题？</translation>
    </message>
    <message>
        <source>Paste the error message, in English or Chinese</source>
        <translation>粘贴报错信息，中英文均可</translation>
    </message>
    <message>
        <source>Connect to a cluster</source>
        <translation>连接集群</translation>
    </message>
    <message>
        <source>Over SSH, through the apiserver, or both; read-only unless you say otherwise</source>
        <translation>通过 SSH、apiserver 或两者；默认只读</translation>
    </message>
    <message>
        <source>Open an incident</source>
        <translation>打开故障记录</translation>
    </message>
    <message>
        <source>A recorded one: everything works as on the live cluster</source>
        <translation>打开已录制的现场，操作与在线集群完全一致</translation>
    </message>
    <message>
        <source>Recent incidents</source>
        <translation>最近的故障记录</translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation>集群</translation>
    </message>
    <message>
        <source>Samples to try</source>
        <translation>示例故障</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
</context>
<context>
    <name>medic::StatusStrip</name>
    <message numerus="yes">
        <source>%1 of %n node(s)</source>
        <translation>
            <numerusform>%1 / %n 个节点</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n node(s)</source>
        <translation>
            <numerusform>%n 个节点</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n slow</source>
        <translation>
            <numerusform>%n 个缓慢</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unreachable</source>
        <translation>
            <numerusform>%n 个不可达</numerusform>
        </translation>
    </message>
    <message>
        <source>our load: %1 cmd/s, %2/s</source>
        <translation>本工具负载：%1 命令/秒，%2/秒</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>medic::TableText</name>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Copy as CSV</source>
        <translation>复制为 CSV</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
</context>
<context>
    <name>medic::numbers</name>
    <message numerus="yes">
        <source>%n day(s)</source>
        <translation>
            <numerusform>%n 天</numerusform>
        </translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>%1前</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 毫秒</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 小时</translation>
    </message>
</context>
</TS>
