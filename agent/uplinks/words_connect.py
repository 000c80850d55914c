"""What is said to people about connections that cannot be made: names, certificates, sources."""

from typing import Final

from config.model import Text

NO_TLS_PORT: Final = Text(
    "核对 url 或 port 是否为平台的 TLS 端口；平台若确无 TLS，url 应写 http://，mqtt 下应去掉 tls；"
    "也看途中是否有代理或上网认证页",
    "check that url or port names the platform's port for TLS; if it has none, url begins with http://, and "
    "tls does not belong under mqtt; look also for a proxy or a login page in between",
)
"""What to do where TLS was expected and did not come."""


def dns(where: str, detail: str) -> Text:
    """The name could not be resolved."""
    return Text(
        f"无法解析平台 {where} 的域名（{detail}）：检查 DNS 设置和域名拼写",
        f"the name {where} cannot be resolved ({detail}): check the DNS servers and the name's spelling",
    )


def no_such_source(where: str) -> Text:
    """The address or interface to start from is not there."""
    return Text(
        f"无法从指定的出口连接 {where}：本机没有 source 所写的地址或网口，检查网线、网口名或改正 source",
        f"there is no way to {where} from here: this machine lacks the address or interface under source; "
        "check the cable and the name, or correct source",
    )


def expired(where: str, now: str, *, synchronised: bool) -> Text:
    """The certificate's time is over, by our clock."""
    clock = _clock(now, synchronised=synchronised)
    return Text(
        f"平台 {where} 的证书已过期：{clock.zh}；时间无误则请平台方更换证书",
        f"the certificate of {where} has expired: {clock.en}; if it is right, the platform must renew it",
    )


def not_yet_valid(where: str, now: str, *, synchronised: bool) -> Text:
    """The certificate's time has not begun, by our clock."""
    clock = _clock(now, synchronised=synchronised)
    return Text(
        f"平台 {where} 的证书尚未生效，多半是本机时间落后：{clock.zh}",
        f"the certificate of {where} is not valid yet: most likely this machine's clock is late: {clock.en}",
    )


def _clock(now: str, *, synchronised: bool) -> Text:
    if synchronised:
        return Text(
            f"先核对本机时间：现为 {now}，已同步", f"check this machine's clock first: {now}, synchronised"
        )
    return Text(
        f"先核对本机时间：现为 {now}，且未同步，请校时",
        f"set this machine's clock first: {now}, not synchronised",
    )


def wrong_host(where: str, detail: str) -> Text:
    """The certificate is another host's."""
    return Text(
        f"平台 {where} 的证书属于别的主机（{detail}）：地址须与证书上的名称一致，或连接被转到了别处",
        f"the certificate of {where} belongs to another host ({detail}): write the address as it stands in "
        "the certificate, or find out who answers there",
    )


def unknown_ca(where: str) -> Text:
    """The certificate was issued by somebody whom we do not trust."""
    return Text(
        f"平台 {where} 的证书由未知机构签发：向平台方索取 CA 证书文件，写在 tls.ca",
        f"the certificate of {where} was issued by an authority that is not known here: get the CA file from "
        "the platform and write it under tls.ca",
    )


def our_certificate(where: str, complaint: str) -> Text:
    """The other end does not accept our certificate, or wants one."""
    return Text(
        f"平台 {where} 不接受本网关的客户端证书（{complaint}）：核对 tls.certificate 和 tls.key",
        f"{where} does not accept this gateway's certificate ({complaint}): check tls.certificate and "
        "tls.key, or ask the platform for one",
    )


def no_tls_there(where: str) -> Text:
    """Something answers that is not TLS."""
    return Text(
        f"{where} 有应答，但不是 TLS：{NO_TLS_PORT.zh}",
        f"what answers at {where} does not speak TLS: {NO_TLS_PORT.en}",
    )


def hangs_up(where: str) -> Text:
    """It takes the connection and ends it before anything was said."""
    return Text(
        f"{where} 可以连上，但握手未完成就被断开：可能是防火墙或平台白名单，或端口不对；{NO_TLS_PORT.zh}",
        f"{where} takes the connection and ends it at once: a firewall or the platform's list of who may "
        f"connect can do that, or it is the wrong port; {NO_TLS_PORT.en}",
    )


def says_nothing(where: str) -> Text:
    """It takes the connection and does not answer our TLS handshake."""
    return Text(
        f"{where} 可以连上，但对 TLS 握手没有应答：平台可能繁忙，也可能端口不对；{NO_TLS_PORT.zh}",
        f"{where} takes the connection and does not answer our TLS handshake: it may be overloaded, or it is "
        f"the wrong port; {NO_TLS_PORT.en}",
    )


def tls(where: str, detail: str) -> Text:
    """TLS failed for another reason."""
    return Text(
        f"与平台 {where} 的 TLS 握手失败（{detail}）：先核对本机时间，再核对 tls 下的证书",
        f"TLS with {where} failed ({detail}): check this machine's clock first, then the files under tls",
    )


def proxy_refused(proxy: str, detail: str) -> Text:
    """The proxy would not let us through."""
    return Text(
        f"代理 {proxy} 没有放行（{detail}）：核对 proxy 的地址、用户名和口令，或向网络管理员申请放行",
        f"the proxy {proxy} did not let us through ({detail}): check the address, user and password under "
        "proxy, or ask who runs the network",
    )


def proxy_answers(proxy: str, start: str) -> Text:
    """In place of the platform's answer something came that the proxy may have made."""
    return Text(
        f"经代理 {proxy} 收到的答复不是平台接口的（开头为：{start}）：代理可能要求登录，核对 proxy 和 url",
        f"what came through the proxy {proxy} is not the platform's answer (it begins: {start}): the proxy "
        "may want a login; check proxy and url",
    )


def route_changed() -> Text:
    """The other way was taken while this one still waited."""
    return Text(
        "线路已切换，以同一编号从另一线路重发",
        "the way was changed; sent again by the other, under the same id",
    )


def proxy_gets_nothing(proxy: str, host: str, code: int) -> Text:
    """The proxy answers in the platform's place: it got nothing from there."""
    return Text(
        f"代理 {proxy} 未能从平台 {host} 得到答复（HTTP {code}），稍后重发：检查代理能否到达平台",
        f"the proxy {proxy} gets no answer from {host} (HTTP {code}); sent again later: check whether the "
        "proxy reaches the platform",
    )
