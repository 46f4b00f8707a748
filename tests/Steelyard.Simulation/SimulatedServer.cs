using System.Collections.Generic;
using Steelyard.Core.Wire;

namespace Steelyard.Simulation;

/// <summary>
/// A real server: answers each request of 100 octets by 200. Its sequence numbers begin with its
/// own number, so that a client sees who answers.
/// </summary>
public sealed class SimulatedServer
{
    public const int RequestLength = 100;
    public const int ResponseLength = 200;
    public const ushort Port = 8080;

    private readonly Dictionary<Endpoint, uint> _clients = [];
    private readonly Station _station;
    private readonly Station _way;
    private readonly Scenario _scenario;
    private readonly Trace _trace;
    private readonly string _name;
    private readonly uint _initial;
    private ushort _identification;

    public SimulatedServer(
        Agenda agenda,
        LearningSwitch inside,
        LearningSwitch outside,
        int number,
        Scenario scenario,
        Trace trace)
    {
        Address = AddressOf(number);
        _name = $"server{number}";
        _initial = (uint)number << 24;
        _trace = trace;
        _scenario = scenario;
        _station = new(
            agenda,
            inside,
            new(0x02_00_00_01_00_00 + (ulong)number),
            Address,
            Layout.Gateway,
            OnFrame);
        _way = scenario.AnswersPassTheBox
            ? _station
            : new(
                agenda,
                outside,
                new(0x02_00_00_02_00_00 + (ulong)number),
                IpAddress.FromIpv4(0x0AFE_0020 + (uint)number),
                Layout.Router,
                _ => { });
    }

    public IpAddress Address { get; }

    public bool IsUp
    {
        get => _station.IsUp;
        set
        {
            _station.IsUp = value;
            _way.IsUp = value;
            if (!value)
            {
                _clients.Clear(); // It restarts, and knows nobody.
            }
        }
    }

    public static IpAddress AddressOf(int number) =>
        IpAddress.FromIpv4(0x0A01_000A + (uint)number); // 10.1.0.11 and on

    private void OnFrame(byte[] octets)
    {
        if (!Arrived.TryRead(_scenario, octets, out Arrived arrived)
            || arrived.Server != Address)
        {
            return;
        }

        TcpFrame tcp = arrived.Tcp;

        _trace.Frame(_name, "gets", octets);
        if ((tcp.Flags & TcpFlags.Reset) != 0)
        {
            _ = _clients.Remove(tcp.Source);
        }
        else if ((tcp.Flags & TcpFlags.Syn) != 0)
        {
            _clients[tcp.Source] = tcp.Sequence;
            Answer(
                tcp, TcpFlags.Syn | TcpFlags.Acknowledgment, _initial, tcp.Sequence + 1, []);
        }
        else if (!_clients.TryGetValue(tcp.Source, out uint first))
        {
            Answer(tcp, TcpFlags.Reset, tcp.Acknowledgment, 0, []);
        }
        else
        {
            OnSegment(tcp, first);
        }
    }

    private void OnSegment(in TcpFrame tcp, uint first)
    {
        uint request = (tcp.Sequence - first - 1) / RequestLength;
        uint sequence = _initial + 1 + (request * ResponseLength);
        if ((tcp.Flags & TcpFlags.Fin) != 0)
        {
            Answer(
                tcp,
                TcpFlags.Fin | TcpFlags.Acknowledgment,
                sequence,
                tcp.Sequence + 1,
                []);
        }
        else if (tcp.Payload.Length > 0)
        {
            Answer(
                tcp,
                TcpFlags.Push | TcpFlags.Acknowledgment,
                sequence,
                tcp.Sequence + (uint)tcp.Payload.Length,
                new byte[ResponseLength]);
        }
    }

    private void Answer(
        in TcpFrame to, TcpFlags flags, uint sequence, uint acknowledgment, byte[] payload) =>
        _way.Send(new(
            to.Destination,
            to.Source,
            flags,
            sequence,
            acknowledgment,
            payload,
            _identification++)
        {
            IsUdp = to.IsUdp,
        });
}
