using System;
using System.Threading;
using Steelyard.Core.Forwarding;
using Steelyard.Core.Forwarding.Commands;
using Steelyard.Core.Invariants;
using Steelyard.Core.Routing;
using Steelyard.Core.Scheduling;
using Steelyard.Core.Services;
using Steelyard.Core.Wire;
using Steelyard.Linux.Clocks;
using Steelyard.Linux.Ports;
using Steelyard.Linux.Processes;

namespace Steelyard.Bench;

/// <summary>
/// The engine between two real ports, with one UDP service by address translation whose only
/// server is the station on the right: its loop is the data thread's.
/// </summary>
internal sealed class EngineHop : IDisposable
{
    /// <summary>As many as a box with memory to spare has.</summary>
    private const int Capacity = 1 << 20;

    private readonly Engine _engine = new(
        new EngineOptions { ConnectionCapacity = Capacity, UpkeepPerTurn = 1024 });

    private readonly PortPoller _poller = new();
    private readonly Thread _thread;
    private volatile bool _isStopping;

    internal EngineHop(
        AfPacketPort left,
        AfPacketPort right,
        Endpoint service,
        MacAddress station,
        IpAddress server)
    {
        Put(new AttachPort(left));
        Put(new AttachPort(right));
        Put(new HoldAddress(left.InterfaceIndex, service.Address, station));
        Put(new ReplaceRoutes(new RouteTable(
            [new(new(server, 32), null, right.InterfaceIndex, 0)])));
        Put(new NeighbourLearned(right.InterfaceIndex, server, station));
        VirtualService virtualService =
            new(new(TransportProtocol.Udp, service.Address, service.Port), Schedulers.Create("rr"));
        virtualService.Add(new(new(server, service.Port), ForwardingMethod.Nat, 1));
        Put(new AddService(virtualService));
        _poller.Add(left);
        _poller.Add(right);
        _thread = new(Run) { IsBackground = true, Name = "data" };
        _thread.Start();
    }

    /// <summary>Connections made so far.</summary>
    internal long Connections => Volatile.Read(ref _engine.Counters.ConnectionsCreated);

    public void Dispose()
    {
        _isStopping = true;
        _poller.Wake();
        _thread.Join();
        _poller.Dispose();
    }

    private void Run()
    {
        _ = ThreadTuning.TrySetRealTime(10);
        while (!_isStopping)
        {
            int handled = _engine.Turn(MonotonicClock.Now);
            while (_engine.Events.TryTake(out _))
            {
            }

            if (handled == 0)
            {
                _ = _poller.Wait(_engine.Deadline);
            }
        }
    }

    private void Put(IEngineCommand command) =>
        Invariant.Holds(_engine.Commands.TryPut(command), "the commands fit");
}
