using System;
using System.Collections.Generic;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>A host's link: asks for the next hop by ARP, answers for itself, learns.</summary>
public sealed class Station
{
    private const int LongestQueue = 64;
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(20);

    private readonly Agenda _agenda;
    private readonly LearningSwitch _segment;
    private readonly int _port;
    private readonly IpAddress _address;
    private readonly IpAddress _nextHop;
    private readonly Action<byte[]> _receive;
    private readonly Queue<TcpFrame> _waiting = new();
    private MacAddress? _nextHopStation;
    private Instant? _askedAt;

    public Station(
        Agenda agenda,
        LearningSwitch segment,
        MacAddress hardware,
        IpAddress address,
        IpAddress nextHop,
        Action<byte[]> receive)
    {
        _agenda = agenda;
        _segment = segment;
        Hardware = hardware;
        _address = address;
        _nextHop = nextHop;
        _receive = receive;
        _port = segment.Plug(-1, (octets, _) => OnFrame(octets));
    }

    public MacAddress Hardware { get; }

    /// <summary>False: the cable is out.</summary>
    public bool IsUp { get; set; } = true;

    public void Send(in TcpFrame frame)
    {
        if (!IsUp)
        {
            return;
        }

        if (_nextHopStation is MacAddress station)
        {
            _segment.Send(_port, frame.Write(station, Hardware));
            return;
        }

        if (_waiting.Count < LongestQueue)
        {
            _waiting.Enqueue(frame);
        }

        if (_askedAt is not Instant asked || _agenda.Now - asked >= AskAgain)
        {
            _askedAt = _agenda.Now;
            SendArp(ArpPacket.Request(Hardware, _address, _nextHop), MacAddress.Broadcast);
        }
    }

    private void OnFrame(byte[] octets)
    {
        if (!IsUp)
        {
            return;
        }

        MacAddress destination = MacAddress.Read(octets);
        if (destination != Hardware && destination != MacAddress.Broadcast)
        {
            return;
        }

        if (ArpPacket.TryParse(octets, out ArpPacket arp))
        {
            OnArp(arp);
        }
        else if (destination == Hardware)
        {
            _receive(octets);
        }
    }

    private void OnArp(in ArpPacket arp)
    {
        if (arp.SenderAddress == _nextHop)
        {
            _nextHopStation = arp.SenderHardware;
            while (_waiting.TryDequeue(out TcpFrame frame))
            {
                Send(frame);
            }
        }

        if (arp.Operation == ArpOperation.Request && arp.TargetAddress == _address)
        {
            SendArp(arp.ReplyFrom(Hardware), arp.SenderHardware);
        }
    }

    private void SendArp(in ArpPacket packet, MacAddress to)
    {
        byte[] octets = new byte[ArpPacket.FrameLength];
        _ = packet.Write(octets, to, Hardware);
        _segment.Send(_port, octets);
    }
}
