"""Why an OPC UA server and we do not come together, and what to do about it; faults.py has their fields."""

from typing import Final

from config.model import Text

FAULTS: Final = {
    "security-fault": Text(
        "与 OPC UA 服务器 {where} 的安全连接失败{detail}。",
        "OPC UA security with {where} fails{detail}.",
    ),
    "own-certificate-missing": Text(
        "连接 {where} 需要本机的 OPC UA 证书，但 {path} 不存在。请运行 edge-agent opcua certificate 生成"
        "，再在服务器上信任它。",
        "{where} asks for a certificate of ours, and {path} does not exist. Make one by edge-agent opcua "
        "certificate, then trust it at the server.",
    ),
    "own-certificate-unusable": Text(
        "本机的 OPC UA 证书 {path} 不可用{detail}，无法连接 {where}。请检查文件权限，或用 edge-agent "
        "opcua certificate --force 重新生成，再在服务器上信任它。",
        "Our OPC UA certificate {path} cannot be used{detail} for {where}. Check the files' rights, or "
        "make a new one by edge-agent opcua certificate --force, then trust it at the server.",
    ),
    "own-certificate-refused": Text(
        "服务器 {where} 不接受本机证书{detail}。请把 {path} 交给服务器管理员加入信任（通常在“已拒绝”列表"
        "中），SHA-256 指纹 {fingerprint}，应用 URI {uri}；并核对服务器的时钟。",
        "{where} does not accept our certificate{detail}. Have {path} trusted there (it mostly waits "
        "among the rejected ones): SHA-256 {fingerprint}, application URI {uri}. Check the server's clock"
        " too.",
    ),
    "policy-not-offered": Text(
        "服务器 {where} 不提供安全策略 {wanted}{detail}，它提供：{offered}。请改写 security，或在服务器上"
        "启用该策略。",
        "{where} does not offer {wanted}{detail}, but: {offered}. Write one of these as security, or "
        "switch the policy on at the server.",
    ),
    "policy-refused": Text(
        "服务器 {where} 拒绝了安全策略 {wanted}{detail}。请在服务器上启用该策略，或改写 security。",
        "{where} refuses the security policy {wanted}{detail}. Switch it on at the server, or write "
        "another as security.",
    ),
    "certificate-unreadable": Text(
        "服务器 {where} 没有出示可读的证书{detail}。请检查服务器的证书配置。",
        "{where} shows no certificate that can be read{detail}. Check the certificate set at the server.",
    ),
    "trusted-file-unusable": Text(
        "连接 {where} 的 trusted 文件 {path} 中没有可读的证书{detail}。请换成服务器的证书（DER 或 PEM）。",
        "The file {path}, named as trusted for {where}, holds no certificate that can be read{detail}. "
        "Put the server's certificate there (DER or PEM).",
    ),
    "certificate-untrusted": Text(
        "尚未信任服务器 {where} 的证书：{subject}，SHA-256 指纹 {fingerprint}。请与服务器上显示的指纹核对"
        "，一致后运行 edge-agent opcua trust 配置文件 {connection}。",
        "The certificate of {where} is not trusted yet: {subject}, SHA-256 {fingerprint}. Compare it with"
        " what the server itself shows; if they agree, run edge-agent opcua trust PLANT {connection}.",
    ),
    "certificate-changed": Text(
        "服务器 {where} 出示的证书与已信任的不同：现为 {subject}，SHA-256 指纹 {fingerprint}；已信任 "
        "{trusted}。可能是更换了证书，也可能有人冒充：请向服务器管理员核对指纹，一致后再运行 edge-agent "
        "opcua trust 配置文件 {connection}。",
        "{where} shows another certificate than the one trusted: {subject}, SHA-256 {fingerprint}; "
        "trusted is {trusted}. It was renewed, or somebody stands in between: ask the server's owner for "
        "its fingerprint, and only if they agree run edge-agent opcua trust PLANT {connection} again.",
    ),
    "certificate-expired": Text(
        "服务器 {where} 的证书已于 {until} 过期（本机时间 {now}；SHA-256 指纹 {fingerprint}）。请在服务器"
        "上更换证书，再重新信任。",
        "The certificate of {where} expired {until} (it is {now}; SHA-256 {fingerprint}). Have it renewed"
        " at the server, then trust the new one.",
    ),
    "certificate-not-yet-valid": Text(
        "服务器 {where} 的证书从 {since} 起才有效（本机时间 {now}，已同步；SHA-256 指纹 {fingerprint}）。"
        "请检查服务器的时钟，更换证书后再重新信任。",
        "The certificate of {where} is valid from {since} on (it is {now}, and our clock is synchronised;"
        " SHA-256 {fingerprint}). Check the server's clock, have the certificate made anew, and trust it.",
    ),
    "clock-in-doubt": Text(
        "服务器 {where} 的证书有效期为 {since} 至 {until}，而本机时间为 {now} 且未同步（SHA-256 指纹 "
        "{fingerprint}）。请先校准本机时钟（timedatectl）；时钟无误时，再更换服务器证书。",
        "The certificate of {where} is valid from {since} to {until}, and this machine's clock says {now}"
        " but is not synchronised (SHA-256 {fingerprint}). Set our clock first (timedatectl); only if it "
        "was right, have the certificate renewed.",
    ),
    "certificate-wrong-host": Text(
        "服务器 {where} 的证书不是发给主机 {host} 的，而是：{hosts}（SHA-256 指纹 {fingerprint}）。请在 "
        "endpoint 中使用其中的名称，或更换证书；经地址转换访问时，写 certificate_host。",
        "The certificate of {where} is not for the host {host} but for: {hosts} (SHA-256 {fingerprint}). "
        "Use one of these in endpoint, or have the certificate made anew; behind address translation "
        "write certificate_host.",
    ),
    "certificate-wrong-uri": Text(
        "服务器 {where} 自称 {uri}，而其证书写的是 {uris}（SHA-256 指纹 {fingerprint}）。请在服务器上按其"
        "应用 URI 重新生成证书。",
        "{where} calls itself {uri}, but its certificate says {uris} (SHA-256 {fingerprint}). Have the "
        "certificate made anew at the server, with its application URI.",
    ),
    "certificate-weak": Text(
        "服务器 {where} 的证书过弱：{weakness}（SHA-256 指纹 {fingerprint}）。请在服务器上更换为 RSA 2048"
        " 位以上、SHA-256 签名的证书。",
        "The certificate of {where} is too weak: {weakness} (SHA-256 {fingerprint}). Have it replaced by "
        "one of RSA 2048 bits or more, signed with SHA-256.",
    ),
    "server-not-running": Text(
        "服务器 {where} 报告自己未在运行{detail}，其数值不可信，按通信中断处理。"
        "请检查服务器及其后的控制器（是否停机、故障）。",
        "{where} says that it is not running{detail}: its values are not to be relied on, and count as "
        "lost. "
        "Check the server and the controller behind it (stopped, failed?).",
    ),
    "server-unproven": Text(
        "服务器 {where} 未能证明证书属于它{detail}，可能有人冒充。请检查中间设备，并向服务器管理员核对。",
        "{where} could not prove that its certificate is its own{detail}; somebody may stand in between. "
        "Look at what lies in between, and ask the server's owner.",
    ),
    "user-refused": Text(
        "服务器 {where} 不接受用户“{user}”{detail}。请核对用户名、密码（或用户证书）及其在服务器上的权限。",
        "{where} does not accept the user '{user}'{detail}. Check name and password (or the user's "
        "certificate), and what the user may do there.",
    ),
    "user-unusable": Text(
        "登录 {where} 所需的密码、证书或私钥缺失或不可用{detail}。请检查服务单元中的 LoadCredential= 和 "
        "user 下的文件。",
        "What is needed to log in to {where} is missing or cannot be used{detail}. Check LoadCredential= "
        "in the unit, and the files under user.",
    ),
    "user-variable-missing": Text(
        "登录 {where} 所需的环境变量 {name} 没有设置。请先设置再运行（服务单元中用 Environment= 或 "
        "EnvironmentFile=；用 sudo 运行命令时加 --preserve-env={name}）。",
        "The environment variable {name}, needed to log in to {where}, is not set. Set it first (in the unit "
        "by Environment= or EnvironmentFile=; with sudo add --preserve-env={name}).",
    ),
    "anonymous-denied": Text(
        "服务器 {where} 写明可以匿名登录，却拒绝了{detail}。请在服务器上开放匿名访问，"
        "或在服务器上建立用户后写上 user。",
        "{where} offers to let in anybody, and refuses{detail}. Have it allow that, or make a user there and "
        "write user.",
    ),
    "anonymous-refused": Text(
        "服务器 {where} 不接受匿名登录{detail}，它接受：{offered}。请写上 user。",
        "{where} lets nobody in without a user{detail}; it takes: {offered}. Write user.",
    ),
    "user-kind-not-offered": Text(
        "服务器 {where} 不接受这种登录方式（{wanted}），它接受：{offered}。请改写 user，或在服务器上启用。",
        "{where} takes no user by {wanted}, but: {offered}. Change user, or switch it on at the server.",
    ),
    "password-exposed": Text(
        "到 {where} 的密码会以明文传输，因此没有发送。请把 security 改为某个策略的 SignAndEncrypt。",
        "The password for {where} would travel unencrypted, so it was not sent. Write a policy with "
        "SignAndEncrypt as security.",
    ),
    "too-many-sessions": Text(
        "服务器 {where} 没有空闲的会话{detail}。请关闭多余的客户端，或提高服务器的会话上限。",
        "{where} has no session left for us{detail}. Close clients that are not needed, or raise its limit.",
    ),
}
