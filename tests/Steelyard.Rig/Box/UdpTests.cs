using System.Net;
using System.Net.Sockets;
using System.Text;
using Steelyard.Linux.Network;

namespace Steelyard.Rig.Box;

/// <summary>A UDP service by address translation, and the ICMP errors about it.</summary>
public sealed class UdpTests
{
    private const int ServicePort = 5300;
    private const int ServerPort = 5353;
    private const int PatienceMs = 10_000;

    private const string Service = """
        virtual_server 192.168.100.1 5300 {
            protocol UDP
            lvs_sched rr
            lvs_method NAT
            real_server 10.0.0.11 5353 {
                weight 1
            }
        }

        """;

    [RootFact]
    public void A_datagram_goes_and_its_answer_comes_from_the_virtual_address()
    {
        using BoxWorld world = new();
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web() + Service);
        box.WaitUntilServing();
        using Socket server = Open(world, "server11");
        server.Bind(new IPEndPoint(IPAddress.Any, ServerPort));
        using Socket client = Open(world, "client");
        client.Connect(IPAddress.Parse(BoxWorld.Vip), ServicePort);
        byte[] buffer = new byte[64];
        EndPoint sender = new IPEndPoint(IPAddress.Any, 0);

        client.Send("question"u8);
        int length = server.ReceiveFrom(buffer, ref sender);
        Assert.Equal("question", Encoding.ASCII.GetString(buffer, 0, length));
        server.SendTo("answer"u8, sender);

        // The client's socket is connected: it takes nothing but what the VIP's port sends.
        length = client.Receive(buffer);
        Assert.Equal("answer", Encoding.ASCII.GetString(buffer, 0, length));
    }

    [RootFact]
    public void A_servers_port_unreachable_reaches_the_client_as_the_services()
    {
        using BoxWorld world = new();
        using RunningBox box = new(world, "box2", Configs.Routers() + Configs.Web() + Service);
        box.WaitUntilServing();
        using Socket client = Open(world, "client");
        client.Connect(IPAddress.Parse(BoxWorld.Vip), ServicePort);

        // Nobody has the port at the server: its kernel says so about the translated datagram,
        // and the client's kernel must know its own in what comes back.
        client.Send("question"u8);
        SocketException refused =
            Assert.Throws<SocketException>(() => client.Receive(new byte[64]));

        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static Socket Open(BoxWorld world, string place)
    {
        using NetworkNamespace network = NetworkNamespace.Open(world.Name(place));
        return network.Run(() => new Socket(
            AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = PatienceMs,
        });
    }
}
