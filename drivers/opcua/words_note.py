"""What the OPC UA driver notices beside its values, and what to do about it."""

from typing import Final

from config.model import Text

NOTES: Final = {
    "node-unknown": Text(
        "没有数值的测点：{points}。服务器上没有节点 {node}（{detail}）。请核对节点号；序号会变的请改用 "
        "nsu= 写法。",
        "No value for {points}: the server has no node {node} ({detail}). Check the node id; where the "
        "namespace's index changes, write nsu=.",
    ),
    "node-unreadable": Text(
        "没有数值的测点：{points}。节点 {node} 不可读（{detail}）。请核对用户权限，以及该节点是不是变量。",
        "No value for {points}: the node {node} may not be read ({detail}). Check the user's rights, and "
        "that the node is a variable.",
    ),
    "node-refused": Text(
        "没有数值的测点：{points}。服务器拒绝节点 {node}（{detail}）。请对照服务器手册。",
        "No value for {points}: the server refuses the node {node} ({detail}). See the server's manual.",
    ),
    "namespace-unknown": Text(
        "没有数值的测点：{points}。服务器没有命名空间 {detail}（节点 {node}）。请用 edge-agent opcua "
        "browse 核对。",
        "No value for {points}: the server has no namespace {detail} (node {node}). Look at it by "
        "edge-agent opcua browse.",
    ),
    "path-unknown": Text(
        "没有数值的测点：{points}。浏览路径 {node} 走不通（{detail}）。请用 edge-agent opcua browse 核对"
        "每一级名称。",
        "No value for {points}: the browse path {node} leads nowhere ({detail}). Compare each name with "
        "edge-agent opcua browse.",
    ),
    "path-ambiguous": Text(
        "没有数值的测点：{points}。浏览路径 {node} 通向 {detail} 个节点。请改写节点号 id。",
        "No value for {points}: the browse path {node} leads to {detail} nodes. Write the node's id.",
    ),
    "value-of-other-type": Text(
        "没有数值的测点：{points}。节点 {node} 的类型与 datatype 不符（{detail}）。请改正 datatype 或节点。",
        "No value for {points}: the node {node} is of another type than datatype says ({detail}). Correct"
        " datatype, or the node.",
    ),
    "text-not-utf-8": Text(
        "没有数值的测点：{points}。节点 {node} 的文本不是 UTF-8（字节 {detail}）。请在服务器上改为 UTF-8："
        "OPC UA 只允许它。",
        "No value for {points}: the text of node {node} is not UTF-8 (bytes {detail}). Set the server to "
        "UTF-8: OPC UA allows nothing else.",
    ),
    "value-is-array": Text(
        "没有数值的测点：{points}。节点 {node} 是数组（{detail}）。请用 index 指明元素。",
        "No value for {points}: the node {node} is an array ({detail}). Name the element by index.",
    ),
    "value-is-no-array": Text(
        "没有数值的测点：{points}。节点 {node} 不是数组，没有元素 {detail}。请删除 index。",
        "No value for {points}: the node {node} is no array and has no element {detail}. Delete index.",
    ),
    "element-missing": Text(
        "没有数值的测点：{points}。节点 {node} 的数组没有这个元素（{detail}）。请改正 index，从 0 数起。",
        "No value for {points}: the array at {node} has no such element ({detail}). Correct index; it "
        "counts from 0.",
    ),
    "deadband-refused": Text(
        "服务器不接受这些测点的死区，按每次变化上报（共 {count} 个）：{points}。可删除 deadband。",
        "The server takes no deadband for these points, every change is reported ({count} in all): "
        "{points}. Delete deadband.",
    ),
    "items-silent": Text(
        "服务器接受了但一直不上报的测点（共 {count} 个）：{points}，改为按周期读取。请检查服务器，或写 "
        "mode: poll。",
        "The server took these points on and never reports them ({count} in all): {points}; they are "
        "read at "
        "their period instead. Look at the server, or write mode: poll.",
    ),
    "publishing-revised": Text(
        "服务器每 {granted:g} 秒才上报一次，要求是 {asked:g} 秒。请提高服务器的允许频率，或放宽 "
        "publishing_interval。",
        "The server reports every {granted:g} s only, {asked:g} s was asked for. Let the server allow "
        "more, or "
        "write a longer publishing_interval.",
    ),
    "sampling-revised": Text(
        "服务器采样比要求慢（共 {count} 个测点）：{points}；例如要求 {asked:g} 秒，实为 {granted:g} 秒。"
        "请提高服务器的"
        "允许频率，或放宽 period / sampling_interval。",
        "The server samples more slowly than asked ({count} points in all): {points}; {granted:g} s for "
        "{asked:g} s. Let the server allow more, or write a longer period or sampling_interval.",
    ),
    "queue-revised": Text(
        "服务器的采样队列比要求短（共 {count} 个测点）：{points}；例如要求 {asked:g}，实为 {granted:g}，"
        "两次上报之间的"
        "部分采样会丢失。请缩短 publishing_interval，或放宽采样间隔。",
        "The server queues fewer samples than asked ({count} points in all): {points}; {granted:g} for "
        "{asked:g}: of those between two reports some are lost. Write a shorter publishing_interval, or "
        "sample "
        "less often.",
    ),
    "namespace-moved": Text(
        "没有数值的测点：{points}。服务器的命名空间序号变了（{detail}），节点 {node} 可能已是另一个测点。"
        "请把节点号改为 "
        "nsu=<命名空间 URI>;… 写法。",
        "No value for {points}: the server's namespace index has changed ({detail}), the node {node} may "
        "be "
        "another by now. Write the node ids as nsu=<namespace URI>;….",
    ),
    "namespaces-learnt": Text(
        "服务器的命名空间序号：{namespaces}。序号以后若改变，用 ns= 写的节点将不再采信。",
        "The server's namespaces by index: {namespaces}. Should an index mean another one day, nodes "
        "written "
        "with ns= are not believed any more.",
    ),
    "server-in-test": Text(
        "服务器 {where} 报告处于测试模式，数值可能是模拟的。请在调试结束后退出测试模式。",
        "{where} says that it is in test mode: its values may be simulated. Have it leave the mode "
        "afterwards.",
    ),
    "polling-instead": Text(
        "服务器 {where} 不能订阅（{detail}），改为按周期轮询。可写 mode: poll，或提高服务器的上限。",
        "{where} cannot watch the points for us ({detail}); they are polled instead. Write mode: poll, or"
        " raise the server's limit.",
    ),
    "server-clock-off": Text(
        "服务器的时钟与本机相差 {offset}（它的时间 {theirs} UTC），其时间戳不予采用，读数按接收时间记录。"
        "请校准服务器时钟和时区。",
        "The server's clock is {offset} off ours (it says {theirs} UTC): its times are not kept, readings"
        " have the time of their arrival. Set its clock and its time zone.",
    ),
    "server-clock-off-and-ours-unknown": Text(
        "服务器的时钟与本机相差 {offset}（它的时间 {theirs} UTC），而本机时钟未同步：请先校准本机时钟。此"
        "前服务器的时间戳不予采用。",
        "The server's clock is {offset} off ours (it says {theirs} UTC), and ours is not synchronised: "
        "set ours first. Until they agree, the server's times are not kept.",
    ),
    "source-clock-off": Text(
        "设备 {device} 的时间戳与本机相差 {offset}（{point}：{theirs} UTC），不予采用，读数按接收时间记录"
        "。请校准该设备的时钟和时区。",
        "The times of device {device} are {offset} off ours ({point}: {theirs} UTC): they are not kept, "
        "readings have the time of their arrival. Set the device's clock and its time zone.",
    ),
    "own-certificate-expires": Text(
        "本机的 OPC UA 证书将于 {until} 过期，届时 {where} 会中断。请用 edge-agent opcua certificate "
        "--force 更换，并在服务器上信任新证书（SHA-256 指纹 {fingerprint} 为旧证书）。",
        "Our OPC UA certificate expires {until}, and {where} will be lost then. Make a new one by "
        "edge-agent opcua certificate --force and have it trusted at the server (the old one: SHA-256 "
        "{fingerprint}).",
    ),
    "server-certificate-expires": Text(
        "服务器 {where} 的证书将于 {until} 过期，届时连接会中断（SHA-256 指纹 {fingerprint}）。请在服务器"
        "上更换，再用 edge-agent opcua trust 信任。",
        "The certificate of {where} expires {until}, and the connection will be lost then (SHA-256 "
        "{fingerprint}). Have it renewed at the server, then trust it by edge-agent opcua trust.",
    ),
}
