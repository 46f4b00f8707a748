using System;

namespace Steelyard.Rig.Methods;

/// <summary>A world that its tests share; nobody makes it where tests are skipped.</summary>
public class MethodsFixture : IDisposable
{
    internal const string Name = "one box with all methods";

    private readonly Lazy<MethodsWorld> _world;

    public MethodsFixture()
        : this(insideMtu: 1500)
    {
    }

    private protected MethodsFixture(int insideMtu) =>
        _world = new(() => new MethodsWorld(insideMtu));

    internal MethodsWorld World => _world.Value;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_world.IsValueCreated)
        {
            _world.Value.Dispose();
        }
    }
}

/// <summary>Tests that share the one world.</summary>
[CollectionDefinition(MethodsFixture.Name)]
public sealed class MethodsCollection : ICollectionFixture<MethodsFixture>;

/// <summary>The same world with links behind the box as small as IPv6 allows them.</summary>
public sealed class SmallLinksFixture() : MethodsFixture(insideMtu: 1280);
