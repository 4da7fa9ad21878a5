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
            <source>To follow a packet, a node's iptables or nftables rules, its IPVS table and its routes are needed. A sweep reads them.</source>
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
            <source>To follow a packet, a node's iptables or nftables rules, its IPVS table and its routes are needed. This recording holds none.</source>
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
            <source>Packet's path</source>
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
            <source>, </source>
            <translation>、</translation>
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
            <source>Only thought, nothing was changed on the node: without %1.</source>
            <translation>仅为推演，节点上没有任何改动：假如没有 %1。</translation>
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
            <source>No rule translates the Service's address: the packet goes on unchanged, and nobody has that address.</source>
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
            <source>The kernel's load balancer: takes packets to a virtual server and sends each connection to a real server.</source>
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
            <source>the connection's mark is not known</source>
            <translation>连接的标记未知</translation>
        </message>
        <message>
            <source>the connection's status and age are not known</source>
            <translation>连接的状态和存续时间未知</translation>
        </message>
        <message>
            <source>the routes were not collected</source>
            <translation>未采集路由</translation>
        </message>
        <message>
            <source>the node's addresses were not collected</source>
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
            <source>translated back, as the connection's first packet was</source>
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
            <source>whether hairpin mode is on at the Pod's port is not known</source>
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
            <source>No node's rules were collected.</source>
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
    </context>
</TS>
