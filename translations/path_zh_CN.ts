<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>medic::PathView</name>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>No cluster, no incident</source>
        <translation>还没有集群，也没有事件文件</translation>
    </message>
    <message>
        <source>Connect to a cluster or open a recorded incident; then a packet can be followed through its nodes.</source>
        <translation>连接一个集群，或打开一份事件文件，就可以在其节点上追踪数据包。</translation>
    </message>
    <message>
        <source>Go to the start page</source>
        <translation>回到起始页</translation>
    </message>
    <message>
        <source>No rules were collected yet</source>
        <translation>尚未采集任何规则</translation>
    </message>
    <message>
        <source>To follow a packet, a node&apos;s iptables or nftables rules, its IPVS table and its routes are needed. A sweep reads them.</source>
        <translation>追踪数据包需要节点的 iptables 或 nftables 规则、IPVS 表和路由。执行一次巡检即可读取。</translation>
    </message>
    <message>
        <source>Sweep now</source>
        <translation>立即巡检</translation>
    </message>
    <message>
        <source>No rules in this incident</source>
        <translation>此事件文件中没有规则</translation>
    </message>
    <message>
        <source>To follow a packet, a node&apos;s iptables or nftables rules, its IPVS table and its routes are needed. This recording holds none.</source>
        <translation>追踪数据包需要节点的 iptables 或 nftables 规则、IPVS 表和路由，而这份记录里都没有。</translation>
    </message>
    <message>
        <source>Follow a packet</source>
        <translation>追踪一个数据包</translation>
    </message>
    <message>
        <source>From a Pod, a node or an address to a Service, a Pod or an address, as the kernel of the node decides it. For example:</source>
        <translation>从 Pod、节点或地址，到 Service、Pod 或地址，完全按节点内核的判定来走。例如：</translation>
    </message>
    <message>
        <source>The output that this line came from is not here any more</source>
        <translation>这一行所在的原始输出已不在了</translation>
    </message>
    <message>
        <source>follow again</source>
        <translation>再次追踪</translation>
    </message>
    <message>
        <source>Packet&apos;s path</source>
        <translation>数据包路径</translation>
    </message>
    <message>
        <source>All rules</source>
        <translation>全部规则</translation>
    </message>
    <message>
        <source>IPVS</source>
        <translation>IPVS</translation>
    </message>
    <message>
        <source>Add “on %1” to the query to think this rule away</source>
        <translation>要假设去掉这条规则，请在查询里加上“on %1”</translation>
    </message>
    <message>
        <source>Not now: a sweep is under way.</source>
        <translation>现在不行：正在采集。</translation>
    </message>
    <message>
        <source>Not now: something else is being observed.</source>
        <translation>现在不行：正在做别的观测。</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>并排对比</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::AcrossWords</name>
    <message>
        <source>routing, not packed</source>
        <translation>直接路由（不封装）</translation>
    </message>
    <message>
        <source>by %1 to %2</source>
        <translation>经 %1 到 %2</translation>
    </message>
    <message>
        <source>%1: arrives at %2 (%3).</source>
        <translation>%1：到达 %2（%3）。</translation>
    </message>
    <message>
        <source>%1: arrives at %2, a process of %3.</source>
        <translation>%1：到达 %2，由 %3 上的进程接收。</translation>
    </message>
    <message>
        <source>%1: leaves the cluster for %2.</source>
        <translation>%1：离开集群，去往 %2。</translation>
    </message>
    <message>
        <source>%1: lost between the nodes: %2.</source>
        <translation>%1：丢在节点之间：%2。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 → %2 → %3: unknown beyond here, since %3 was not collected.</source>
        <translation>%1 → %2 → %3：再往后未知，因为没有采集 %3。</translation>
    </message>
    <message>
        <source>%1: how it goes on is not known: %2.</source>
        <translation>%1：往后怎么走不清楚：%2。</translation>
    </message>
    <message numerus="yes">
        <source>There are %n ways.</source>
        <translation>
            <numerusform>共有 %n 条路。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of the connections do not get through.</source>
        <translation>%1 的连接走不通。</translation>
    </message>
    <message>
        <source>All connections arrive.</source>
        <translation>所有连接都能到达。</translation>
    </message>
    <message numerus="yes">
        <source>… and %n more like these.</source>
        <translation>
            <numerusform>……还有 %n 条类似的。</numerusform>
        </translation>
    </message>
    <message>
        <source>An answer does not get back: %1.</source>
        <translation>有应答回不来：%1。</translation>
    </message>
    <message>
        <source>The answer comes back through the same nodes: its addresses are translated back, and the sender sees it come from where it asked.</source>
        <translation>应答经同样的节点返回：地址被还原，发送方看到的来源就是它所访问的地址。</translation>
    </message>
    <message>
        <source>Nothing gets through, so there is no answer to follow.</source>
        <translation>没有包能走通，也就没有应答可跟踪。</translation>
    </message>
    <message>
        <source>What lies beyond was not collected, so the answer is not known either.</source>
        <translation>再往后没有采集，应答也就无从知道。</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ChainMap</name>
    <message numerus="yes">
        <source>… %n more chains</source>
        <translation>
            <numerusform>…… 另有 %n 条链</numerusform>
        </translation>
    </message>
    <message>
        <source>Rules: %1</source>
        <translation>规则：%1 条</translation>
    </message>
    <message>
        <source>%1 packets</source>
        <translation>%1 个数据包</translation>
    </message>
    <message>
        <source>Policy: %1</source>
        <translation>默认策略：%1</translation>
    </message>
    <message>
        <source>Written by: %1</source>
        <translation>写入者：%1</translation>
    </message>
    <message>
        <source>%1 packets/s between the two last samples</source>
        <translation>最近两次采样之间每秒 %1 个包</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ChainsPage</name>
    <message>
        <source>Rules: %1 · tables: %2</source>
        <translation>规则 %1 条 · 表 %2 张</translation>
    </message>
    <message>
        <source>Rules found: %1</source>
        <translation>找到 %1 条规则</translation>
    </message>
    <message>
        <source>Enter or a click on the chain opens the rule where it stands.</source>
        <translation>按回车或点击链名，跳到该规则所在的位置。</translation>
    </message>
    <message>
        <source>policy %1</source>
        <translation>默认策略 %1</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>另有 %n 处</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing jumps here: these rules are never asked.</source>
        <translation>没有规则跳转到这里：这些规则永远不会被执行。</translation>
    </message>
    <message>
        <source>From: %1</source>
        <translation>来自：%1</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Search rules: an address, a port, a comment, a chain, a Service (default/api)</source>
        <translation>搜索规则：地址、端口、注释、链名、Service（default/api）</translation>
    </message>
    <message>
        <source>Search rules</source>
        <translation>搜索规则</translation>
    </message>
    <message>
        <source>Back to the chain before (Esc)</source>
        <translation>返回上一条链（Esc）</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Map of the chains</source>
        <translation>链的全图</translation>
    </message>
    <message>
        <source>No rules here</source>
        <translation>这里没有规则</translation>
    </message>
    <message>
        <source>This node has no iptables or nftables rules, or they were not collected.</source>
        <translation>该节点没有 iptables 或 nftables 规则，或者未采集到。</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ComparePage</name>
    <message>
        <source>Another recording…</source>
        <translation>另一份记录……</translation>
    </message>
    <message>
        <source>A recording to compare with</source>
        <translation>选择要对比的记录</translation>
    </message>
    <message>
        <source>Incidents (*.medic)</source>
        <translation>事故记录 (*.medic)</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>正在对比……</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation>%2 中的 %1</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>There is one node at one moment here. Another sweep, or another recording, gives it something to be compared with.</source>
        <translation>这里只有一个节点、一个时刻。再采集一次，或者选另一份记录，才有东西可比。</translation>
    </message>
    <message>
        <source>Choose two nodes, or one node at two moments.</source>
        <translation>请选两个节点，或同一节点的两个时刻。</translation>
    </message>
    <message>
        <source>This recording cannot be read</source>
        <translation>这份记录读不了</translation>
    </message>
    <message>
        <source>No difference</source>
        <translation>没有差异</translation>
    </message>
    <message>
        <source>%1 and %2 mean the same, rule by rule: counters, comments, generated names and the order of rules that take nothing from one another aside.</source>
        <translation>%1 与 %2 逐条规则含义相同（不计计数器、注释、自动生成的名字，以及互不相干的规则的先后）。</translation>
    </message>
    <message>
        <source>%1 of %2 chains differ</source>
        <translation>%2 条链中有 %1 条不同</translation>
    </message>
    <message>
        <source>other differences: %1</source>
        <translation>其他差异：%1</translation>
    </message>
    <message>
        <source>not comparable: %1</source>
        <translation>无法对比：%1</translation>
    </message>
    <message>
        <source>Swap the sides</source>
        <translation>左右互换</translation>
    </message>
    <message>
        <source>Filter by chain, address, port</source>
        <translation>按链、地址、端口筛选</translation>
    </message>
    <message>
        <source>Filter the differences</source>
        <translation>筛选差异</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>不同之处</translation>
    </message>
    <message>
        <source>Both sides, line by line</source>
        <translation>两边逐行对照</translation>
    </message>
    <message>
        <source>left</source>
        <translation>左</translation>
    </message>
    <message>
        <source>right</source>
        <translation>右</translation>
    </message>
    <message>
        <source>Node, %1</source>
        <translation>节点（%1）</translation>
    </message>
    <message>
        <source>Moment, %1</source>
        <translation>时刻（%1）</translation>
    </message>
    <message>
        <source>newest</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>Choose what to compare</source>
        <translation>请选择对比的两方</translation>
    </message>
    <message>
        <source>Show what is the same, too</source>
        <translation>相同的也显示</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ComparedItemsModel</name>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>ipset</source>
        <translation>ipset</translation>
    </message>
    <message>
        <source>IPVS</source>
        <translation>IPVS</translation>
    </message>
    <message>
        <source>Routes</source>
        <translation>路由</translation>
    </message>
    <message>
        <source>Routing rules</source>
        <translation>策略路由</translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Sysctls</source>
        <translation>内核参数</translation>
    </message>
    <message>
        <source>Kernel modules</source>
        <translation>内核模块</translation>
    </message>
    <message>
        <source>Components</source>
        <translation>组件</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Lines that only the left side has</source>
        <translation>只有左边有的行</translation>
    </message>
    <message>
        <source>Lines that only the right side has</source>
        <translation>只有右边有的行</translation>
    </message>
    <message>
        <source>Rules that stand behind others than on the left, where that matters</source>
        <translation>先后次序与左边不同、且有影响的规则</translation>
    </message>
    <message>
        <source>What</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ComparedLinesModel</name>
    <message numerus="yes">
        <source>… %n line(s) the same</source>
        <translation>
            <numerusform>……%n 行相同</numerusform>
        </translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::IpvsModel</name>
    <message>
        <source>direct routing</source>
        <translation>直接路由（DR）</translation>
    </message>
    <message>
        <source>tunnel</source>
        <translation>隧道（TUN）</translation>
    </message>
    <message>
        <source>masquerading</source>
        <translation>地址伪装（NAT）</translation>
    </message>
    <message>
        <source>%1, nodePort</source>
        <translation>%1，nodePort</translation>
    </message>
    <message>
        <source>%1, no new connections</source>
        <translation>%1，不再接受新连接</translation>
    </message>
    <message>
        <source>%1 · no real server</source>
        <translation>%1 · 没有真实服务器</translation>
    </message>
    <message>
        <source>%1 · sticky for %2 s</source>
        <translation>%1 · 会话保持 %2 秒</translation>
    </message>
    <message>
        <source>Virtual and real servers</source>
        <translation>虚拟服务器与真实服务器</translation>
    </message>
    <message>
        <source>Whose</source>
        <translation>归属</translation>
    </message>
    <message>
        <source>Scheduler, method</source>
        <translation>调度算法 / 转发方式</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Active</source>
        <translation>活动连接</translation>
    </message>
    <message>
        <source>Inactive</source>
        <translation>非活动连接</translation>
    </message>
    <message>
        <source>In these ipsets</source>
        <translation>所在的 ipset</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::IpvsPage</name>
    <message>
        <source>No virtual servers</source>
        <translation>没有虚拟服务器</translation>
    </message>
    <message>
        <source>IPVS is not in use on this node: kube-proxy works with iptables or nftables here.</source>
        <translation>该节点没有使用 IPVS：这里的 kube-proxy 以 iptables 或 nftables 模式工作。</translation>
    </message>
    <message>
        <source>IPVS was not collected</source>
        <translation>未采集 IPVS 表</translation>
    </message>
    <message>
        <source>Whether this node uses IPVS is not known.</source>
        <translation>无法得知该节点是否使用 IPVS。</translation>
    </message>
    <message>
        <source>Filter by address, port, Service or ipset</source>
        <translation>按地址、端口、Service 或 ipset 过滤</translation>
    </message>
    <message>
        <source>Filter virtual servers</source>
        <translation>过滤虚拟服务器</translation>
    </message>
    <message>
        <source>Virtual servers</source>
        <translation>虚拟服务器</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::KernelTraceDialog</name>
    <message>
        <source>The kernel&apos;s own trace</source>
        <translation>内核自己的跟踪</translation>
    </message>
    <message>
        <source>Ask the kernel of %1 about this flow</source>
        <translation>让 %1 的内核说明这条流</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>How long to listen</source>
        <translation>监听多久</translation>
    </message>
    <message>
        <source>Type %1 to confirm</source>
        <translation>输入 %1 以确认</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Listen on %1</source>
        <translation>在 %1 上监听</translation>
    </message>
    <message>
        <source>Read-only: nothing is changed from here. Copy the command, or allow changes in the cluster&apos;s settings.</source>
        <translation>只读：这里不会改动任何东西。可以复制命令，或在集群设置里允许改动。</translation>
    </message>
    <message>
        <source>A recorded incident: nothing can be run. The command is shown to be copied.</source>
        <translation>这是事故记录：什么都不能执行。命令仅供复制。</translation>
    </message>
    <message>
        <source>What it puts in</source>
        <translation>会放进去什么</translation>
    </message>
    <message>
        <source>One rule that marks the first packets of this flow, at most five a second, for the kernel to write down which rules they meet. It lets every packet pass unchanged.</source>
        <translation>一条规则：给这条流的首包打标记（每秒最多五个），让内核记下它们经过哪些规则。所有包照常通过，不做改动。</translation>
    </message>
    <message>
        <source>The risk</source>
        <translation>风险</translation>
    </message>
    <message>
        <source>Low. Each traced packet costs the node some log lines. Send a request while it listens, or there is nothing to be seen.</source>
        <translation>低。每个被跟踪的包会让节点多写几行日志。监听期间请发一个请求，否则看不到任何东西。</translation>
    </message>
    <message>
        <source>The way back</source>
        <translation>如何撤销</translation>
    </message>
    <message numerus="yes">
        <source>The command takes the rule out when the time is over, on every signal, and a guard in a session of its own takes it out %n second(s) after that, even when the connection or the shell has died. By hand:</source>
        <translation>
            <numerusform>到时间、或收到任何信号，命令都会取出规则；另有一个独立会话里的守护进程会在其后 %n 秒再取一次，即使连接或 shell 已经断掉。手工撤销：</numerusform>
        </translation>
    </message>
    <message>
        <source>The whole command, as root</source>
        <translation>完整命令（以 root 执行）</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::ObservedWords</name>
    <message>
        <source>the kernel took it</source>
        <translation>内核走了这条</translation>
    </message>
    <message>
        <source>This kernel has nobody who writes the traces of legacy iptables down (nf_log), so nothing can be seen.</source>
        <translation>这个内核没有为 legacy iptables 的跟踪配置日志（nf_log），所以什么也看不到。</translation>
    </message>
    <message>
        <source>The kernel saw no first packet of this flow while it was listened to. Send a request at that time.</source>
        <translation>监听期间内核没有见到这条流的首包。请在监听时发一个请求。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>%1, rule %2</source>
        <translation>%1 第 %2 条</translation>
    </message>
    <message>
        <source>Taken, but not predicted: %1.</source>
        <translation>走了却没有预测到：%1。</translation>
    </message>
    <message>
        <source>Predicted, but not taken: %1.</source>
        <translation>预测到却没有走：%1。</translation>
    </message>
    <message>
        <source>The rules may have been changed since they were read; sweep again and ask once more.</source>
        <translation>规则可能在采集之后被改过；请重新采集再问一次。</translation>
    </message>
    <message numerus="yes">
        <source>%n packet(s) in %1</source>
        <translation>
            <numerusform>%1 内 %n 个包</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The kernel did as predicted: %n packet(s) followed, on the way to %1.</source>
        <translation>
            <numerusform>内核与预测一致：跟踪了 %n 个包，去往 %1。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The kernel did not do as predicted; %n packet(s) followed.</source>
        <translation>
            <numerusform>内核与预测不一致；跟踪了 %n 个包。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>另有 %n 处</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>medic::packetpath::Observer</name>
    <message>
        <source>Reading the counters…</source>
        <translation>正在读计数器……</translation>
    </message>
    <message numerus="yes">
        <source>Counting for %n second(s)…</source>
        <translation>
            <numerusform>正在计数，%n 秒……</numerusform>
        </translation>
    </message>
    <message>
        <source>Reading the counters again…</source>
        <translation>正在再读一次计数器……</translation>
    </message>
    <message numerus="yes">
        <source>Listening to the kernel on %1 for %n second(s)…</source>
        <translation>
            <numerusform>正在监听 %1 的内核，%n 秒……</numerusform>
        </translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>There is no tool for it on %1: %2</source>
        <translation>%1 上没有所需的工具：%2</translation>
    </message>
    <message>
        <source>Listening to the kernel of %1 failed: %2 Its guard takes out what was put in.</source>
        <translation>监听 %1 的内核失败：%2放进去的规则由守护进程取出。</translation>
    </message>
    <message>
        <source>Listening to the kernel of %1 failed: %2</source>
        <translation>监听 %1 的内核失败：%2</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::PathPage</name>
    <message>
        <source>Save as SVG…</source>
        <translation>存为 SVG……</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>存为 PNG……</translation>
    </message>
    <message>
        <source>In words: %1</source>
        <translation>一句话说明：%1</translation>
    </message>
    <message>
        <source>Nothing tells on which node this packet is; it is followed on %1. Add “on NODE” for another.</source>
        <translation>无法判断该数据包在哪个节点上，这里按 %1 追踪。要换节点，请加上“on 节点名”。</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Saved: %1</source>
        <translation>已保存：%1</translation>
    </message>
    <message>
        <source>%1 cannot be written</source>
        <translation>无法写入 %1</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>应答</translation>
    </message>
    <message>
        <source>The way of the packet</source>
        <translation>数据包去程的路径</translation>
    </message>
    <message>
        <source>The way of its answer</source>
        <translation>应答回程的路径</translation>
    </message>
    <message>
        <source>Passed-over rules</source>
        <translation>未命中的规则</translation>
    </message>
    <message>
        <source>Also show the rules that were looked at and did not fit</source>
        <translation>同时显示检查过但没有命中的规则</translation>
    </message>
    <message>
        <source>Smaller (-)</source>
        <translation>缩小（-）</translation>
    </message>
    <message>
        <source>Larger (+)</source>
        <translation>放大（+）</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Fit into the window (0)</source>
        <translation>适应窗口大小（0）</translation>
    </message>
    <message>
        <source>Save as a picture</source>
        <translation>保存为图片</translation>
    </message>
    <message>
        <source>Copied; nothing was run.</source>
        <translation>已复制，没有执行任何命令。</translation>
    </message>
    <message>
        <source>This change cannot be thought through: %1</source>
        <translation>无法推演这一改动：%1</translation>
    </message>
    <message>
        <source>%1: %2 before, %3 now</source>
        <translation>%1：原来 %2，现在 %3</translation>
    </message>
    <message>
        <source>Nothing is different for this packet.</source>
        <translation>对此数据包没有影响。</translation>
    </message>
    <message>
        <source>Copy the commands</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>The commands that would make this change on the node; they are not run</source>
        <translation>在节点上作此改动的命令；这里不会执行</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>恢复原样</translation>
    </message>
    <message>
        <source>Back to the rules as they were collected</source>
        <translation>回到采集时的规则</translation>
    </message>
    <message>
        <source>Only thought, nothing was changed on the node: %1.</source>
        <translation>仅为假设，节点上什么都没有改动：%1。</translation>
    </message>
    <message>
        <source>All Services are being audited again…</source>
        <translation>正在重新核对所有 Service……</translation>
    </message>
    <message>
        <source>Observed: %1</source>
        <translation>实测：%1</translation>
    </message>
    <message>
        <source>What if…</source>
        <translation>假如……</translation>
    </message>
    <message>
        <source>The same packet with a rule, a hostPort or a sysctl changed, in thought only</source>
        <translation>假设改动一条规则、一个 hostPort 或一个内核参数，再走一遍这个包</translation>
    </message>
    <message>
        <source>Observe</source>
        <translation>观测</translation>
    </message>
    <message>
        <source>What really happens on the node, beside what is predicted</source>
        <translation>把节点上实际发生的放在预测旁边</translation>
    </message>
    <message>
        <source>What was counted between the two last samples</source>
        <translation>最近两次采样之间的计数</translation>
    </message>
    <message>
        <source>Count for five seconds</source>
        <translation>计数五秒</translation>
    </message>
    <message>
        <source>The kernel&apos;s own trace of this flow…</source>
        <translation>内核自己对这条流的跟踪……</translation>
    </message>
    <message>
        <source>Across nodes</source>
        <translation>跨节点</translation>
    </message>
    <message>
        <source>Follow the packet on, through the nodes behind this one</source>
        <translation>继续跟踪包，经过后面的节点</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::PathWords</name>
    <message numerus="yes">
        <source>… %n more do not fit</source>
        <translation>
            <numerusform>…… 另有 %n 条未命中</numerusform>
        </translation>
    </message>
    <message>
        <source>to</source>
        <translation>目的</translation>
    </message>
    <message>
        <source>from</source>
        <translation>源</translation>
    </message>
    <message numerus="yes">
        <source>%n more ways like these</source>
        <translation>
            <numerusform>另有 %n 条同类路径</numerusform>
        </translation>
    </message>
    <message>
        <source>by %1</source>
        <translation>经由 %1</translation>
    </message>
    <message>
        <source>if what is not known is so</source>
        <translation>以未知条件成立为前提</translation>
    </message>
    <message>
        <source>this node</source>
        <translation>本节点</translation>
    </message>
    <message>
        <source>comes in by %1</source>
        <translation>从 %1 进入</translation>
    </message>
    <message>
        <source>In words: %1</source>
        <translation>一句话说明：%1</translation>
    </message>
    <message>
        <source>The packet reaches %1 on %2.</source>
        <translation>数据包送达 %2 上的 %1。</translation>
    </message>
    <message>
        <source>The packet is sent on to %1.</source>
        <translation>数据包被转发往 %1。</translation>
    </message>
    <message>
        <source>The packet is sent on to %1 by %2.</source>
        <translation>数据包经 %2 转发往 %1。</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>The packet is %1: %2.</source>
        <translation>数据包被%1：%2。</translation>
    </message>
    <message>
        <source>The packet is %1 by the policy of %2: no rule let it pass.</source>
        <translation>数据包被 %2 的默认策略%1：没有任何规则放行它。</translation>
    </message>
    <message>
        <source>The packet is %1 by %2.</source>
        <translation>数据包被 %2 %1。</translation>
    </message>
    <message>
        <source>The packet is %1 by %2, written by %3.</source>
        <translation>数据包被 %2 %1，该规则由 %3 写入。</translation>
    </message>
    <message>
        <source>The packet is lost at the routing decision on %1: %2.</source>
        <translation>数据包在 %1 上做路由判定时丢失：%2。</translation>
    </message>
    <message>
        <source>The kernel of %1 refuses it as martian: %2.</source>
        <translation>%1 的内核将其视为 martian 包而拒收：%2。</translation>
    </message>
    <message>
        <source>A program decides about the packet: %1.</source>
        <translation>数据包交由用户态程序裁决：%1。</translation>
    </message>
    <message>
        <source>How the packet goes on cannot be decided: %1.</source>
        <translation>无法判定数据包的后续走向：%1。</translation>
    </message>
    <message>
        <source>IPVS</source>
        <translation>IPVS</translation>
    </message>
    <message>
        <source>%1 becomes %2 (%3).</source>
        <translation>%1 被改写为 %2（%3）。</translation>
    </message>
    <message>
        <source>%1 becomes %2, by the rule of: %3.</source>
        <translation>%1 被改写为 %2，依据的规则属于：%3。</translation>
    </message>
    <message>
        <source>%1 becomes %2, by IPVS.</source>
        <translation>IPVS 将 %1 改写为 %2。</translation>
    </message>
    <message>
        <source>No rule translates the Service&apos;s address: the packet goes on unchanged, and nobody has that address.</source>
        <translation>没有任何规则转换该 Service 的地址：数据包原样继续前行，而没有任何主机拥有这个地址。</translation>
    </message>
    <message>
        <source>Its source becomes %1, so that the answer comes back here.</source>
        <translation>源地址改为 %1，使应答回到本节点。</translation>
    </message>
    <message>
        <source>Taken away: this packet is meant for %1, but the rule of another (%2) translates it first.</source>
        <translation>流量被截走：该数据包本应去往 %1，却先被别人的规则（%2）改写了目的地址。</translation>
    </message>
    <message>
        <source>Taken away: a Service has this port as nodePort, but the hostPort of a Pod (%1) translates it first.</source>
        <translation>流量被截走：该端口是某个 Service 的 nodePort，但 Pod 的 hostPort 规则（%1）抢先改写了目的地址。</translation>
    </message>
    <message>
        <source>Not certain: whether %1 matches cannot be known (%2); both ways are shown.</source>
        <translation>无法确定：%1 是否命中无从得知（%2）；两种走向都已画出。</translation>
    </message>
    <message>
        <source>Not certain: something that decides was not collected; both ways are shown.</source>
        <translation>无法确定：起决定作用的信息没有采集到；两种走向都已画出。</translation>
    </message>
    <message>
        <source>%1 leads to one endpoint from here.</source>
        <translation>从这里访问 %1，只通向一个端点。</translation>
    </message>
    <message numerus="yes">
        <source>%1 leads to %n endpoints from here.</source>
        <translation>
            <numerusform>从这里访问 %1，共通向 %n 个端点。</numerusform>
        </translation>
    </message>
    <message>
        <source>There are several ways to one place.</source>
        <translation>有多条路径通向同一处。</translation>
    </message>
    <message numerus="yes">
        <source>The packet can come to %n places.</source>
        <translation>
            <numerusform>数据包可能到达 %n 处。</numerusform>
        </translation>
    </message>
    <message>
        <source>Each new connection goes to one of them, %1 each.</source>
        <translation>每个新连接随机选其中之一，概率各 %1。</translation>
    </message>
    <message>
        <source>Nothing is lost on this node.</source>
        <translation>在本节点上没有丢失。</translation>
    </message>
    <message>
        <source>%1 of the connections do not get through. %2</source>
        <translation>有 %1 的连接不通：%2</translation>
    </message>
    <message>
        <source>Either: %1</source>
        <translation>要么：%1</translation>
    </message>
    <message>
        <source>Or: %1</source>
        <translation>要么：%1</translation>
    </message>
    <message>
        <source>Nothing gets through, so there is no answer to follow.</source>
        <translation>没有数据包能到达，因此没有应答可追踪。</translation>
    </message>
    <message>
        <source>The answer takes the same way back: its addresses are translated back, and the sender sees it come from where it asked.</source>
        <translation>应答原路返回：地址被逐一还原，发送方看到的应答正来自它所请求的地址。</translation>
    </message>
    <message>
        <source>An answer does not get back: %1</source>
        <translation>应答回不来：%1</translation>
    </message>
    <message>
        <source>An answer arrives from another address than was asked, so the sender does not recognise it: %1.</source>
        <translation>应答的来源与请求的地址不符，发送方不会认账：%1。</translation>
    </message>
    <message>
        <source>delivered on this node</source>
        <translation>送达本节点</translation>
    </message>
    <message>
        <source>sent on its way</source>
        <translation>转发出去</translation>
    </message>
    <message>
        <source>no route</source>
        <translation>无路由</translation>
    </message>
    <message>
        <source>refused as martian</source>
        <translation>作为 martian 包拒收</translation>
    </message>
    <message>
        <source>given to a program</source>
        <translation>交给用户态程序</translation>
    </message>
    <message>
        <source>cannot be decided</source>
        <translation>无法判定</translation>
    </message>
    <message>
        <source>A process on this node gets the packet (or a refusal, when none listens there).</source>
        <translation>由本节点上的进程收下（没有进程监听时则回绝）。</translation>
    </message>
    <message>
        <source>The packet leaves by this device: to a Pod of this node, or to the next machine.</source>
        <translation>数据包从该网卡送出：去往本节点的 Pod，或下一台机器。</translation>
    </message>
    <message>
        <source>The packet vanishes without a word; the sender waits until its timeout.</source>
        <translation>数据包被悄悄丢掉；发送方只能一直等到超时。</translation>
    </message>
    <message>
        <source>The sender is told at once that it may not pass.</source>
        <translation>立即告知发送方：不允许通过。</translation>
    </message>
    <message>
        <source>The routing tables know no way to this address.</source>
        <translation>路由表中没有通往该地址的路由。</translation>
    </message>
    <message>
        <source>The kernel does not believe the addresses: such a packet cannot come from where it came.</source>
        <translation>内核认为地址不可信：这样的数据包不可能从这里进来。</translation>
    </message>
    <message>
        <source>A program decides about the packet; the rules alone do not tell what it does.</source>
        <translation>由用户态程序裁决，仅凭规则无法得知结果。</translation>
    </message>
    <message>
        <source>What was collected does not tell how it goes on.</source>
        <translation>已采集的信息不足以判断后续走向。</translation>
    </message>
    <message>
        <source>kube-proxy, a Service</source>
        <translation>kube-proxy，某个 Service</translation>
    </message>
    <message>
        <source>Service %1</source>
        <translation>Service %1</translation>
    </message>
    <message>
        <source>Service %1, port %2</source>
        <translation>Service %1，端口 %2</translation>
    </message>
    <message>
        <source>kube-proxy, an endpoint</source>
        <translation>kube-proxy，某个端点</translation>
    </message>
    <message>
        <source>endpoint %1</source>
        <translation>端点 %1</translation>
    </message>
    <message>
        <source>endpoint of Service %1</source>
        <translation>Service %1 的端点</translation>
    </message>
    <message>
        <source>endpoint %1 of Service %2</source>
        <translation>Service %2 的端点 %1</translation>
    </message>
    <message>
        <source>hostPort of a Pod (portmap)</source>
        <translation>Pod 的 hostPort（portmap）</translation>
    </message>
    <message>
        <source>hostPort of Pod sandbox %1 (portmap)</source>
        <translation>Pod 沙箱 %1 的 hostPort（portmap）</translation>
    </message>
    <message>
        <source>Routing</source>
        <translation>路由</translation>
    </message>
    <message>
        <source>Bridge</source>
        <translation>网桥</translation>
    </message>
    <message>
        <source>just arrived</source>
        <translation>刚刚到达</translation>
    </message>
    <message>
        <source>for this node</source>
        <translation>进入本机</translation>
    </message>
    <message>
        <source>passing through</source>
        <translation>途经转发</translation>
    </message>
    <message>
        <source>made on this node</source>
        <translation>本机发出</translation>
    </message>
    <message>
        <source>about to leave</source>
        <translation>即将离开</translation>
    </message>
    <message>
        <source>which way?</source>
        <translation>往哪里走</translation>
    </message>
    <message>
        <source>load balancer</source>
        <translation>负载均衡</translation>
    </message>
    <message>
        <source>switched</source>
        <translation>二层交换</translation>
    </message>
    <message>
        <source>Every packet that arrives passes here first, before the kernel decides where it goes. Services are translated here.</source>
        <translation>每个到达的数据包都最先经过这里，此时内核还没有决定它的去向。Service 地址的转换就发生在这里。</translation>
    </message>
    <message>
        <source>Packets for this node itself pass here, before a process gets them.</source>
        <translation>发给本节点自身的数据包，在交给进程之前经过这里。</translation>
    </message>
    <message>
        <source>Packets that the node passes on, to or from Pods, pass here. Network policies sit here.</source>
        <translation>由节点转发的数据包（进出 Pod 的流量）经过这里，NetworkPolicy 也在这里生效。</translation>
    </message>
    <message>
        <source>Packets that a process of this node makes pass here.</source>
        <translation>本节点上的进程发出的数据包经过这里。</translation>
    </message>
    <message>
        <source>The last station before a packet leaves. Its source is rewritten here (masquerade).</source>
        <translation>数据包离开前的最后一站，源地址在这里改写（MASQUERADE）。</translation>
    </message>
    <message>
        <source>The routing tables decide: for this node, or out by which device.</source>
        <translation>由路由表决定：交给本节点，还是从哪块网卡送出。</translation>
    </message>
    <message>
        <source>The kernel&apos;s load balancer: takes packets to a virtual server and sends each connection to a real server.</source>
        <translation>内核自带的负载均衡：接下发往虚拟服务器的数据包，把每个连接分给一台真实服务器。</translation>
    </message>
    <message>
        <source>The packet passes a bridge, as between Pods of one node.</source>
        <translation>数据包经过网桥，例如同一节点上的 Pod 之间。</translation>
    </message>
    <message>
        <source>iptables (legacy)</source>
        <translation>iptables（legacy）</translation>
    </message>
    <message>
        <source>iptables (nft)</source>
        <translation>iptables（nft）</translation>
    </message>
    <message>
        <source>nftables</source>
        <translation>nftables</translation>
    </message>
    <message>
        <source>connection tracking</source>
        <translation>连接跟踪</translation>
    </message>
    <message>
        <source>routing</source>
        <translation>路由</translation>
    </message>
    <message>
        <source>translated back</source>
        <translation>地址还原</translation>
    </message>
    <message>
        <source>if it does not match: goes on</source>
        <translation>若不命中：继续往下</translation>
    </message>
    <message>
        <source>for this node itself</source>
        <translation>交给本节点</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>switched on %1</source>
        <translation>在网桥 %1 上转发</translation>
    </message>
    <message>
        <source>switched on %1, not seen by netfilter (bridge-nf-call is 0)</source>
        <translation>在网桥 %1 上转发，不经过 netfilter（bridge-nf-call 为 0）</translation>
    </message>
    <message>
        <source>comes in by a port of %1</source>
        <translation>从网桥 %1 的某个端口进入</translation>
    </message>
    <message>
        <source>comes in by port %1 of %2</source>
        <translation>从网桥 %2 的端口 %1 进入</translation>
    </message>
    <message>
        <source>out by %1</source>
        <translation>从 %1 送出</translation>
    </message>
    <message>
        <source>out by %1, next hop %2</source>
        <translation>从 %1 送出，下一跳 %2</translation>
    </message>
    <message>
        <source>again: %1</source>
        <translation>重新路由：%1</translation>
    </message>
    <message>
        <source>The rule does not fit this packet; the next one is looked at.</source>
        <translation>该规则不匹配此数据包，接着看下一条。</translation>
    </message>
    <message>
        <source>Whether this rule matches is not known. Both ways are followed; this is the one on which it does not match.</source>
        <translation>无法得知该规则是否命中。两种情况都会追踪；这一条是“不命中”的走向。</translation>
    </message>
    <message>
        <source>Goes on in chain %1, and comes back here if nothing there decides.</source>
        <translation>转到链 %1 继续；如果那里没有定论，再回到这里。</translation>
    </message>
    <message>
        <source>Goes on in chain %1, and does not come back to this chain.</source>
        <translation>转到链 %1 继续，不再回到本链。</translation>
    </message>
    <message>
        <source>Rewrites both addresses; answers are translated back.</source>
        <translation>源地址和目的地址都改写；应答会被还原。</translation>
    </message>
    <message>
        <source>Rewrites where the packet goes: to %1 instead of %2. All further packets of the connection follow.</source>
        <translation>改写目的地址：由 %2 改为 %1。该连接后续的数据包都照此处理。</translation>
    </message>
    <message>
        <source>Rewrites whom the packet seems to come from: %1 instead of %2. The answer comes back to this node.</source>
        <translation>改写源地址：由 %2 改为 %1。应答会回到本节点。</translation>
    </message>
    <message>
        <source>Lets the packet pass this table; other tables and hooks are still asked.</source>
        <translation>在本表放行；其他表和后面的钩子仍会检查。</translation>
    </message>
    <message>
        <source>Throws the packet away, without telling anybody.</source>
        <translation>悄悄丢弃，不通知任何一方。</translation>
    </message>
    <message>
        <source>No rule let the packet pass, and the chain throws away what is left over.</source>
        <translation>没有规则放行，链的默认策略把剩下的都丢弃。</translation>
    </message>
    <message>
        <source>Throws the packet away and tells the sender.</source>
        <translation>丢弃，并通知发送方。</translation>
    </message>
    <message>
        <source>Leaves this chain; the one that jumped here goes on.</source>
        <translation>离开本链，回到跳转过来的那条链继续。</translation>
    </message>
    <message>
        <source>Puts a number on the packet, which later rules ask for.</source>
        <translation>给数据包打上标记，供后面的规则判断。</translation>
    </message>
    <message>
        <source>Copies a number between the packet and its connection, which later rules ask for.</source>
        <translation>在数据包与其连接之间复制标记，供后面的规则判断。</translation>
    </message>
    <message>
        <source>Changes nothing; the next rule is looked at.</source>
        <translation>不做任何改动，接着看下一条规则。</translation>
    </message>
    <message>
        <source>Connection tracking leaves this packet alone: it cannot be translated.</source>
        <translation>连接跟踪不处理此数据包：因此不会做地址转换。</translation>
    </message>
    <message>
        <source>A program decides about the packet.</source>
        <translation>交由用户态程序裁决。</translation>
    </message>
    <message>
        <source>%1, rule %2</source>
        <translation>%1 第 %2 条规则</translation>
    </message>
    <message>
        <source>%1, policy</source>
        <translation>%1 的默认策略</translation>
    </message>
    <message>
        <source>the policy of %1</source>
        <translation>%1 的默认策略</translation>
    </message>
    <message>
        <source>a route refuses it (%1)</source>
        <translation>路由拒绝（%1）</translation>
    </message>
    <message>
        <source>no route to the real server %1</source>
        <translation>没有通往真实服务器 %1 的路由</translation>
    </message>
    <message>
        <source>no route to %1</source>
        <translation>没有通往 %1 的路由</translation>
    </message>
    <message>
        <source>forwarding is switched off on %1</source>
        <translation>%1 上关闭了转发</translation>
    </message>
    <message>
        <source>the answer comes from another address than was asked (%1)</source>
        <translation>应答来源与请求的地址不符（%1）</translation>
    </message>
    <message>
        <source>at random: %1 of the connections</source>
        <translation>随机：%1 的连接</translation>
    </message>
    <message>
        <source>rp_filter was not collected, and the way back differs</source>
        <translation>未采集 rp_filter，且回程路径不同</translation>
    </message>
    <message>
        <source>rp_filter: the way back leads elsewhere (%1)</source>
        <translation>rp_filter：回程走的是别的路（%1）</translation>
    </message>
    <message>
        <source>the ipsets were not collected</source>
        <translation>未采集 ipset</translation>
    </message>
    <message>
        <source>the device is not known</source>
        <translation>网卡未知</translation>
    </message>
    <message>
        <source>the connection&apos;s mark is not known</source>
        <translation>连接的标记未知</translation>
    </message>
    <message>
        <source>the connection&apos;s status and age are not known</source>
        <translation>连接的状态和存续时间未知</translation>
    </message>
    <message>
        <source>the routes were not collected</source>
        <translation>未采集路由</translation>
    </message>
    <message>
        <source>the node&apos;s addresses were not collected</source>
        <translation>未采集节点的地址</translation>
    </message>
    <message>
        <source>which port of the bridge is not known</source>
        <translation>不知道是网桥的哪个端口</translation>
    </message>
    <message>
        <source>which process sends is not known</source>
        <translation>不知道是哪个进程发出</translation>
    </message>
    <message>
        <source>whether a program listens is not known</source>
        <translation>不知道是否有程序在监听</translation>
    </message>
    <message>
        <source>translated back, as the connection&apos;s first packet was</source>
        <translation>按连接首个数据包的转换反向还原</translation>
    </message>
    <message>
        <source>the device has no address to use</source>
        <translation>该网卡没有可用的地址</translation>
    </message>
    <message>
        <source>IPVS does not send packets from the wire to loopback</source>
        <translation>IPVS 不会把外来的数据包发往回环地址</translation>
    </message>
    <message>
        <source>too many rules</source>
        <translation>规则过多</translation>
    </message>
    <message>
        <source>too many open questions</source>
        <translation>未知分支过多</translation>
    </message>
    <message>
        <source>the packet goes round in a circle</source>
        <translation>数据包陷入循环</translation>
    </message>
    <message>
        <source>the chains jump in a circle</source>
        <translation>链之间循环跳转</translation>
    </message>
    <message>
        <source>multicast is not followed</source>
        <translation>不追踪多播</translation>
    </message>
    <message>
        <source>whether hairpin mode is on at the Pod&apos;s port is not known</source>
        <translation>不知道 Pod 端口是否开启 hairpin</translation>
    </message>
    <message>
        <source>another destination</source>
        <translation>目的地址不符</translation>
    </message>
    <message>
        <source>another source</source>
        <translation>源地址不符</translation>
    </message>
    <message>
        <source>another protocol</source>
        <translation>协议不符</translation>
    </message>
    <message>
        <source>came in by another device</source>
        <translation>入口网卡不符</translation>
    </message>
    <message>
        <source>leaves by another device</source>
        <translation>出口网卡不符</translation>
    </message>
    <message>
        <source>a condition does not hold</source>
        <translation>有条件不成立</translation>
    </message>
    <message>
        <source>not a fragment</source>
        <translation>不是分片</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>? if so</source>
        <translation>? 若命中</translation>
    </message>
    <message>
        <source>? if not</source>
        <translation>? 若不命中</translation>
    </message>
    <message>
        <source>? perhaps</source>
        <translation>? 也许</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Perhaps: %1</source>
        <translation>是不是：%1</translation>
    </message>
    <message>
        <source>Say from where to where: pod web-0 -&gt; svc default/api:80</source>
        <translation>请写明从哪里到哪里：pod web-0 -&gt; svc default/api:80</translation>
    </message>
    <message>
        <source>Where to? Behind the arrow an address, a Service, a Pod or a node is missing.</source>
        <translation>到哪里？箭头后面缺少地址、Service、Pod 或节点。</translation>
    </message>
    <message>
        <source>“%1” is not understood here. Possible are tcp, udp, sctp, icmp, on NODE, in INTERFACE, mark N.</source>
        <translation>看不懂“%1”。这里可以写 tcp、udp、sctp、icmp、on 节点、in 网卡、mark 数值。</translation>
    </message>
    <message>
        <source>“%1” is not an address.</source>
        <translation>“%1”不是有效的地址。</translation>
    </message>
    <message>
        <source>“%1” is not a port (1 to 65535).</source>
        <translation>“%1”不是有效的端口（1 到 65535）。</translation>
    </message>
    <message>
        <source>“%1” is not a mark; expected a number such as 0x4000.</source>
        <translation>“%1”不是有效的标记，应为数值，例如 0x4000。</translation>
    </message>
    <message>
        <source>“%1” is not a protocol.</source>
        <translation>“%1”不是协议名。</translation>
    </message>
    <message>
        <source>There is no Pod “%1”.</source>
        <translation>没有名为“%1”的 Pod。</translation>
    </message>
    <message>
        <source>There is no Service “%1”.</source>
        <translation>没有名为“%1”的 Service。</translation>
    </message>
    <message>
        <source>There is no node “%1”.</source>
        <translation>没有名为“%1”的节点。</translation>
    </message>
    <message>
        <source>Nothing here is called “%1”.</source>
        <translation>这里没有叫“%1”的对象。</translation>
    </message>
    <message>
        <source>The list of Pods was not collected, so “%1” cannot be looked up; its address would do.</source>
        <translation>未采集 Pod 列表，无法查找“%1”；可以改写它的地址。</translation>
    </message>
    <message>
        <source>The list of Services was not collected, so “%1” cannot be looked up; its address and port would do.</source>
        <translation>未采集 Service 列表，无法查找“%1”；可以改写它的地址和端口。</translation>
    </message>
    <message>
        <source>“%1” can be several things: %2</source>
        <translation>“%1”有多种可能：%2</translation>
    </message>
    <message>
        <source>Pod “%1” has no address yet.</source>
        <translation>Pod“%1”还没有地址。</translation>
    </message>
    <message>
        <source>Service “%1” has no cluster IP (headless or external name); name a Pod instead.</source>
        <translation>Service“%1”没有 ClusterIP（headless 或 ExternalName），请改写具体的 Pod。</translation>
    </message>
    <message>
        <source>The Service has no port “%1”; it has: %2</source>
        <translation>该 Service 没有端口“%1”，只有：%2</translation>
    </message>
    <message>
        <source>Which port of %1? Add it, as in %1:80 (or say icmp).</source>
        <translation>%1 的哪个端口？请写上，例如 %1:80（或写 icmp）。</translation>
    </message>
    <message>
        <source>Which port of %1? It has: %2</source>
        <translation>%1 的哪个端口？可选：%2</translation>
    </message>
    <message>
        <source>No address of “%1” is known.</source>
        <translation>不知道“%1”的地址。</translation>
    </message>
    <message>
        <source>One end is IPv4, the other IPv6: %1</source>
        <translation>两端地址族不同，一端 IPv4，一端 IPv6：%1</translation>
    </message>
    <message>
        <source>No node&apos;s rules were collected.</source>
        <translation>没有采集到任何节点的规则。</translation>
    </message>
    <message>
        <source>The packet would be followed on node “%1”, whose rules were not collected. Collected: %2</source>
        <translation>该数据包应在节点“%1”上追踪，但未采集它的规则。已采集：%2</translation>
    </message>
    <message>
        <source>By which interface the packet enters is not known.</source>
        <translation>不知道数据包从哪块网卡进入。</translation>
    </message>
    <message>
        <source>ip rule was not collected; the default rules are assumed.</source>
        <translation>未采集 ip rule，按默认策略路由处理。</translation>
    </message>
    <message>
        <source>The IPVS table was not collected; none is assumed.</source>
        <translation>未采集 IPVS 表，按没有 IPVS 处理。</translation>
    </message>
    <message>
        <source>Whether the node forwards is not known (no sysctl); it is assumed to.</source>
        <translation>不知道节点是否开启转发（缺 sysctl），按已开启处理。</translation>
    </message>
    <message>
        <source>Both iptables-legacy and iptables-nft hold rules: the packet passes both.</source>
        <translation>iptables-legacy 和 iptables-nft 中都有规则：数据包两边都要经过。</translation>
    </message>
    <message>
        <source>%1 rules were not collected.</source>
        <translation>未采集 %1 规则。</translation>
    </message>
    <message>
        <source>Cilium devices are present: its eBPF programs act before and beside these rules and are not followed.</source>
        <translation>存在 Cilium 的网卡：它的 eBPF 程序在这些规则之前和之外起作用，不在追踪范围内。</translation>
    </message>
    <message>
        <source>taken away here</source>
        <translation>流量在此被截走</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>The packet travels from one node to the next, as it is or packed into another one (VXLAN, IPIP, WireGuard).</source>
        <translation>数据包从一个节点到下一个节点，原样发送，或封装在另一个数据包里（VXLAN、IPIP、WireGuard）。</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>%1 was not collected</source>
        <translation>没有采集 %1</translation>
    </message>
    <message>
        <source>the answer does not come back through %1, which translated the request</source>
        <translation>应答没有经过 %1 返回，而请求是在那里转换的</translation>
    </message>
    <message>
        <source>the answer&apos;s way on %1 is not known</source>
        <translation>应答在 %1 上怎么走不清楚</translation>
    </message>
    <message>
        <source>: </source>
        <translation>：</translation>
    </message>
    <message>
        <source>the %1 packet %2 is lost on %3 (%4)</source>
        <translation>%1 封装包 %2 丢在 %3 上（%4）</translation>
    </message>
    <message>
        <source>the answer takes another way than the request</source>
        <translation>应答走的路与请求不同</translation>
    </message>
    <message>
        <source>by which device it leaves is not known</source>
        <translation>不知道从哪个设备离开</translation>
    </message>
    <message>
        <source>packed into %1</source>
        <translation>封装在 %1 中</translation>
    </message>
    <message>
        <source>delivered on %1</source>
        <translation>交付给 %1</translation>
    </message>
    <message>
        <source>reaches the Pod</source>
        <translation>到达 Pod</translation>
    </message>
    <message>
        <source>leaves the cluster</source>
        <translation>离开集群</translation>
    </message>
    <message>
        <source>unknown beyond here</source>
        <translation>再往后未知</translation>
    </message>
    <message>
        <source>The node hands the packet to this Pod.</source>
        <translation>节点把包交给这个 Pod。</translation>
    </message>
    <message>
        <source>The packet goes where nothing was collected: out of the cluster.</source>
        <translation>包去了没有采集的地方：离开集群。</translation>
    </message>
    <message>
        <source>The next node was not collected. What its rules do with the packet is not known.</source>
        <translation>下一个节点没有采集，不知道它的规则会怎样处理这个包。</translation>
    </message>
    <message>
        <source>between the nodes</source>
        <translation>节点之间</translation>
    </message>
    <message>
        <source>%1 belongs to no known node</source>
        <translation>%1 不属于任何已知节点</translation>
    </message>
    <message>
        <source>on %1</source>
        <translation>在 %1 上</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::QueryBar</name>
    <message>
        <source>No queries yet</source>
        <translation>还没有查询记录</translation>
    </message>
    <message>
        <source>pod web-0 -&gt; svc default/api:80    10.0.0.5 -&gt; 10.96.0.1:443 tcp    node n2 -&gt; 127.0.0.1:30080</source>
        <translation>pod web-0 -&gt; svc default/api:80    10.0.0.5 -&gt; 10.96.0.1:443 tcp    node n2 -&gt; 127.0.0.1:30080</translation>
    </message>
    <message>
        <source>Packet to follow</source>
        <translation>要追踪的数据包</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>追踪</translation>
    </message>
    <message>
        <source>Recent queries</source>
        <translation>最近的查询</translation>
    </message>
    <message>
        <source>Follow it on another node</source>
        <translation>换一个节点追踪</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>节点</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::RulesModel</name>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Chain</source>
        <translation>链</translation>
    </message>
    <message>
        <source>Packets</source>
        <translation>数据包</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>If all of this fits</source>
        <translation>全部满足时</translation>
    </message>
    <message>
        <source>Then</source>
        <translation>则</translation>
    </message>
    <message>
        <source>Written by</source>
        <translation>写入者</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Between the two last samples, %1 apart</source>
        <translation>最近两次采样之间（相隔 %1）</translation>
    </message>
    <message>
        <source>Packets/s</source>
        <translation>包/秒</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::StepPanel</name>
    <message>
        <source>Close the details (Esc)</source>
        <translation>关闭详情（Esc）</translation>
    </message>
    <message>
        <source>Who wrote it is not known.</source>
        <translation>不知道由谁写入。</translation>
    </message>
    <message>
        <source>Written by: %1</source>
        <translation>写入者：%1</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>作用</translation>
    </message>
    <message>
        <source>to</source>
        <translation>目的</translation>
    </message>
    <message>
        <source>from</source>
        <translation>源</translation>
    </message>
    <message>
        <source>Its conditions, one by one</source>
        <translation>逐条条件</translation>
    </message>
    <message>
        <source>true</source>
        <translation>成立</translation>
    </message>
    <message>
        <source>false</source>
        <translation>不成立</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>None: the rule fits every packet.</source>
        <translation>无条件：匹配任何数据包。</translation>
    </message>
    <message>
        <source>Line %1 of the dump</source>
        <translation>转储的第 %1 行</translation>
    </message>
    <message>
        <source>As dumped</source>
        <translation>转储原文</translation>
    </message>
    <message>
        <source>Counted so far: %1 packets, %2</source>
        <translation>累计计数：%1 个数据包，%2</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Show in the output</source>
        <translation>在原始输出中查看</translation>
    </message>
    <message>
        <source>Show the chain</source>
        <translation>查看所在的链</translation>
    </message>
    <message>
        <source>Where it is</source>
        <translation>所处位置</translation>
    </message>
    <message>
        <source>The packet at this point</source>
        <translation>此时的数据包</translation>
    </message>
    <message>
        <source>The source port is any free one.</source>
        <translation>源端口由内核任选一个空闲端口。</translation>
    </message>
    <message>
        <source>Mark 0x%1</source>
        <translation>标记 0x%1</translation>
    </message>
    <message>
        <source>Came in by %1</source>
        <translation>从 %1 进入</translation>
    </message>
    <message>
        <source>Leaves by %1</source>
        <translation>从 %1 送出</translation>
    </message>
    <message>
        <source>Share of the connections: %1</source>
        <translation>占连接的比例：%1</translation>
    </message>
    <message>
        <source>What if it were not there?</source>
        <translation>假如没有这条规则？</translation>
    </message>
    <message>
        <source>What if it were different?</source>
        <translation>假如它不一样？</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::WhatIfDialog</name>
    <message>
        <source>What if…</source>
        <translation>假如……</translation>
    </message>
    <message>
        <source>What if, on %1:</source>
        <translation>假如在 %1 上：</translation>
    </message>
    <message>
        <source>The packet is followed again, and all Services are audited again, on a copy of the rules. Nothing is run; the commands that would do it are told to be copied.</source>
        <translation>在规则的副本上重新跟踪这个包，并重新核对所有 Service。什么都不会执行；能做到这些改动的命令会列出来供复制。</translation>
    </message>
    <message>
        <source>a rule were not there</source>
        <translation>没有某条规则</translation>
    </message>
    <message>
        <source>a rule were different</source>
        <translation>某条规则不一样</translation>
    </message>
    <message>
        <source>there were another rule</source>
        <translation>多一条规则</translation>
    </message>
    <message>
        <source>a rule stood elsewhere</source>
        <translation>某条规则换个位置</translation>
    </message>
    <message>
        <source>there were a hostPort</source>
        <translation>多一个 hostPort</translation>
    </message>
    <message>
        <source>a hostPort were not there</source>
        <translation>没有某个 hostPort</translation>
    </message>
    <message>
        <source>a sysctl had another value</source>
        <translation>某个内核参数是别的值</translation>
    </message>
    <message>
        <source>What would be different</source>
        <translation>哪里不一样</translation>
    </message>
    <message>
        <source>Add this change</source>
        <translation>加入这项改动</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Follow the packet</source>
        <translation>跟踪这个包</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>协议</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>Chain</source>
        <translation>链</translation>
    </message>
    <message>
        <source>Before rule</source>
        <translation>在第几条之前</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Becomes rule</source>
        <translation>变成第几条</translation>
    </message>
    <message>
        <source>The rule</source>
        <translation>规则内容</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Pod and its port</source>
        <translation>Pod 及端口</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Which chain?</source>
        <translation>哪条链？</translation>
    </message>
    <message>
        <source>The rule is missing, as iptables-save prints it without “-A CHAIN”.</source>
        <translation>缺少规则内容：按 iptables-save 的写法，不带“-A 链名”。</translation>
    </message>
    <message>
        <source>To which Pod? As in 10.244.0.12:8443.</source>
        <translation>转到哪个 Pod？例如 10.244.0.12:8443。</translation>
    </message>
    <message>
        <source>Which sysctl, and what value?</source>
        <translation>哪个内核参数，什么值？</translation>
    </message>
    <message>
        <source>Without this change</source>
        <translation>去掉这项改动</translation>
    </message>
</context>
<context>
    <name>medic::packetpath::WhatIfWords</name>
    <message>
        <source>without %1, rule %2</source>
        <translation>没有 %1 第 %2 条</translation>
    </message>
    <message>
        <source>%1: rule %2 in place %3</source>
        <translation>%1：第 %2 条移到第 %3 条</translation>
    </message>
    <message>
        <source>%1: a new rule %2: %3</source>
        <translation>%1：新的第 %2 条：%3</translation>
    </message>
    <message>
        <source>%1: rule %2 is %3</source>
        <translation>%1：第 %2 条改为 %3</translation>
    </message>
    <message>
        <source>a hostPort %1 %2 → %3</source>
        <translation>hostPort %1 %2 → %3</translation>
    </message>
    <message>
        <source>without hostPort %1 %2</source>
        <translation>没有 hostPort %1 %2</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>ok</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>wrong traffic policy</source>
        <translation>流量策略不对</translation>
    </message>
    <message>
        <source>wrong shares</source>
        <translation>份额不对</translation>
    </message>
    <message>
        <source>endpoint missing</source>
        <translation>缺少端点</translation>
    </message>
    <message>
        <source>stale endpoint</source>
        <translation>过期端点</translation>
    </message>
    <message>
        <source>superfluous</source>
        <translation>多余</translation>
    </message>
    <message>
        <source>unreachable</source>
        <translation>不可达</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>taken away</source>
        <translation>被抢走</translation>
    </message>
    <message>
        <source>Service %1</source>
        <translation>Service %1</translation>
    </message>
    <message>
        <source>Service %1, port %2</source>
        <translation>Service %1 端口 %2</translation>
    </message>
    <message>
        <source>The Services could not be audited: the apiserver&apos;s lists were not collected.</source>
        <translation>没有采集 apiserver 的列表，无法核对 Service。</translation>
    </message>
    <message>
        <source>All %1 ports of the Services do as before.</source>
        <translation>所有 Service 的 %1 个端口都和原来一样。</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>以及另外 %n 个</numerusform>
        </translation>
    </message>
    <message>
        <source>Of %1 ports of the Services these do otherwise: %2.</source>
        <translation>Service 的 %1 个端口中，这些会不一样：%2。</translation>
    </message>
</context>
</TS>
