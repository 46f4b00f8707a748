using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Steelyard.Core.Connections;
using Steelyard.Core.Services;
using Steelyard.Core.Time;
using Steelyard.Core.Wire;

namespace Steelyard.Tests.Connections;

/// <summary>
/// The table against a dictionary. Packets come at whole seconds and expiry is at half seconds,
/// so that the wheel's 134 ms never decide.
/// </summary>
public sealed class ConnectionModelTests
{
    private const int FlowCount = 12;
    private const int ServerCount = 4;

    private static readonly TcpFlags[] Flags =
    [
        TcpFlags.Syn,
        TcpFlags.Acknowledgment,
        TcpFlags.Fin | TcpFlags.Acknowledgment,
        TcpFlags.Reset,
        TcpFlags.None,
    ];

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Enum<Kind>(),
        Gen.Int[0, FlowCount - 1],
        Gen.Int[0, ServerCount - 1],
        Gen.Int[0, Flags.Length - 1],
        Gen.Int[1, 400],
        (kind, flow, server, flags, seconds) => new Step(
            kind, flow, server, Flags[flags], seconds));

    private enum Kind
    {
        Create,
        CreateToo,
        ClientPacket,
        ClientPacketToo,
        ServerPacket,
        Remove,
        Wait,
    }

    [Fact]
    public void A_table_does_what_a_dictionary_does()
    {
        Gen.Select(Steps.Array[1, 120], Gen.ULong).Sample(
            (steps, seed) =>
            {
                Comparison comparison = new(seed);
                foreach (Step step in steps)
                {
                    comparison.Do(step);
                    comparison.Check();
                }
            },
            iter: 2_000);
    }

    private sealed record Step(Kind Kind, int Flow, int Server, TcpFlags Flags, int Seconds);

    private sealed class Model
    {
        public required int Flow { get; init; }

        public required RealServer Server { get; init; }

        public ConnectionState State { get; set; }

        public bool SeesReplies { get; set; }

        public Instant Deadline { get; set; }

        public uint Packets { get; set; }

        public bool IsProven { get; set; }

        /// <summary>Which connection of the run it is.</summary>
        public required long Number { get; init; }
    }

    /// <summary>Room for fewer connections than there are flows: fullness is met, too.</summary>
    private sealed class Comparison(ulong seed)
    {
        private readonly TableRig _rig = new(FlowCount - 3, ServerCount, seed);
        private readonly Dictionary<int, Model> _models = [];
        private Instant _now = new(3_000_000_000);

        public void Do(Step step)
        {
            switch (step.Kind)
            {
                case Kind.Create or Kind.CreateToo when !_models.ContainsKey(step.Flow):
                    Create(step.Flow, _rig.Servers[step.Server]);
                    break;
                case Kind.ClientPacket or Kind.ClientPacketToo:
                    Packet(step.Flow, FlowDirection.FromClient, step.Flags);
                    break;
                case Kind.ServerPacket:
                    Packet(step.Flow, FlowDirection.FromServer, step.Flags);
                    break;
                case Kind.Remove when _models.Remove(step.Flow):
                    _rig.Table.Remove(_rig.Find(step.Flow));
                    break;
                case Kind.Wait:
                    Wait(TimeSpan.FromSeconds(step.Seconds));
                    break;
                default:
                    break;
            }
        }

        public void Check()
        {
            Assert.Equal(_models.Count, _rig.Table.Count);
            for (int flow = 0; flow < FlowCount; flow++)
            {
                int handle = _rig.Find(flow);
                Assert.Equal(_models.ContainsKey(flow), handle >= 0);
                if (handle >= 0)
                {
                    Check(handle, _models[flow]);
                }
            }

            foreach (RealServer server in _rig.Servers)
            {
                ILookup<bool, Model> byActive = _models.Values
                    .Where(model => model.Server == server)
                    .ToLookup(model => TcpStates.IsActive(model.State));
                Assert.Equal(byActive[true].Count(), server.ActiveConnections);
                Assert.Equal(byActive[false].Count(), server.InactiveConnections);
            }
        }

        private void Check(int handle, Model model)
        {
            _rig.Table.FillRecord(handle, _now, out ConnectionRecord record);
            ConnectionRecord expected = new(
                TransportProtocol.Tcp,
                TableRig.Client(model.Flow),
                _rig.Virtual,
                model.Server.Endpoint,
                model.Server.Method,
                model.State,
                !TcpStates.IsActive(model.State),
                record.Timeout);
            Assert.Equal(expected, record);
            double left = (model.Deadline - _now).TotalSeconds;
            Assert.InRange(record.Timeout.TotalSeconds, left - 0.01, left + 0.01);
            Assert.Equal(model.Packets, _rig.Table[handle].ClientPackets);

            int reply = _rig.Table.Find(
                TransportProtocol.Tcp,
                model.Server.Endpoint,
                TableRig.Client(model.Flow),
                out FlowDirection direction);
            bool isNat = model.Server.Method == ForwardingMethod.Nat;
            Assert.Equal(isNat ? handle : -1, reply);
            Assert.Equal(isNat ? FlowDirection.FromServer : FlowDirection.Unknown, direction);
        }

        private void Create(int flow, RealServer server)
        {
            bool isFull = _models.Count == _rig.Table.Capacity;
            Model? oldest = _models.Values.Where(model => !model.IsProven)
                .MinBy(model => model.Number);
            bool isRefused = isFull && oldest is null;
            int handle = _rig.Table.Create(_rig.Service, server, _rig.Flow(flow), _now);
            Assert.Equal(isRefused, handle < 0);
            if (isFull && !isRefused)
            {
                Model gone = Assert.Single(_models.Values, model => _rig.Find(model.Flow) < 0);
                Assert.Same(oldest, gone);
                _models.Remove(gone.Flow);
            }

            if (!isRefused)
            {
                _models[flow] = new()
                {
                    Flow = flow,
                    Number = _rig.Table.Created,
                    Server = server,
                    SeesReplies = server.Method == ForwardingMethod.Nat,
                    Deadline = _now + TimeSpan.FromSeconds(3),
                };
            }
        }

        private void Packet(int flow, FlowDirection direction, TcpFlags flags)
        {
            int handle = _rig.Find(flow);
            if (handle < 0)
            {
                return;
            }

            Model model = _models[flow];
            ConnectionState before = model.State;
            bool isReply = direction == FlowDirection.FromServer;
            model.SeesReplies |= isReply;
            model.Packets += isReply ? 0u : 1u;
            bool isNat = model.Server.Method == ForwardingMethod.Nat;
            model.IsProven |= before == ConnectionState.Established
                && flags is not (TcpFlags.Syn or TcpFlags.Reset)
                && isReply == isNat;
            model.State = TcpStates.Next(before, direction, flags, model.SeesReplies);
            model.Deadline = _now + new Timeouts()[model.State];

            bool hasChanged = _rig.Table.OnTcp(handle, direction, flags, _now);

            Assert.Equal(before != model.State, hasChanged);
        }

        private void Wait(TimeSpan span)
        {
            TimeSpan half = TimeSpan.FromSeconds(0.5);
            Instant at = _now + span - half;
            int[] ended =
            [
                .. _models.Values.Where(model => model.Deadline < at).Select(model => model.Flow),
            ];
            foreach (int flow in ended)
            {
                _models.Remove(flow);
            }

            Assert.Equal(ended.Length, _rig.Table.Expire(at, int.MaxValue));
            _now += span;
        }
    }
}
