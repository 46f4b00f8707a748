"""What is written on the cards: configurations, addresses, keys; and boxes that are up."""

from card import Card
from places import MEBI
from vm import Vm

NETWORK = """[Match]
Name={port}

[Network]
Address={address}/24
"""

CONFIGURATION = """
global_defs {{
    router_id {name}
    vrrp_version 3
    lvs_sync_daemon inside inside id 1
}}
vrrp_sync_group pair {{
    group {{
        outside
        inside
    }}
}}
vrrp_instance outside {{
    state BACKUP
    interface outside
    virtual_router_id 51
    priority {priority}
    advert_int {advert}
    virtual_ipaddress {{
        192.0.2.10/24
    }}
}}
vrrp_instance inside {{
    state BACKUP
    interface inside
    virtual_router_id 52
    priority {priority}
    advert_int {advert}
    virtual_ipaddress {{
        10.1.0.254/24
    }}
}}
virtual_server 192.0.2.10 80 {{
    protocol TCP
    lvs_sched rr
    lvs_method NAT
    delay_loop 5
{servers}}}
panel {{
    chip gpiochip0
}}
dashboard {{
    listen {address} 8080
}}
"""

SERVER = """    real_server {address} 8080 {{
        HTTP_GET {{
            connect_timeout 5
            url {{
                path /
                status_code 200
            }}
        }}
    }}
"""

# The outside port alone: clients and servers in one network, servers seen through the pool.
ONE_ARM = """
global_defs {{
    router_id {name}
}}
vrrp_instance outside {{
    interface outside
    virtual_router_id 51
    priority 150
    virtual_ipaddress {{
        192.0.2.10/24
    }}
}}
panel {{
    chip gpiochip0
}}
dashboard {{
    listen {address} 8080
    tls
}}
"""

ADDRESSES = {"a": ("192.0.2.21", "10.1.0.2"), "b": ("192.0.2.22", "10.1.0.3")}


def configuration(name="a", priority=150, advert="1", servers=None):
    from wires import SERVERS
    return CONFIGURATION.format(
        name=f"box-{name}", priority=priority, advert=advert, address=ADDRESSES[name][0],
        servers="".join(SERVER.format(address=one) for one in servers or SERVERS))


def prepare(places, name, text=None, letter="a", shell=True, size=768 * MEBI):
    """A card with addresses for both ports, and with a configuration if one is given."""
    card = Card(places, name, size)
    for port, address in zip(("outside", "inside"), ADDRESSES[letter]):
        card.put(f"network/{port}.network", NETWORK.format(port=port, address=address))
    if text is not None:
        card.put("steelyard.conf", text)
    if shell:
        card.put("serial-shell", "")
    return card


def boot(report, places, card, name, what, **words):
    """Starts a box and waits for its shell."""
    box = Vm(places, card, name, **words).start()
    report.need(box.shell(), f"{what} boots, and its console has a shell", box.tail())
    box.until("systemctl is-active -q steelyard-intake", 300)
    report.note(f"{what}: shell after {box.when('steelyard-[0-9a-f]+:[^ ]*# '):.0f} s")
    return box
