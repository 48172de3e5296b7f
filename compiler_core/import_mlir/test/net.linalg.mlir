#map = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map1 = affine_map<(d0, d1) -> (d0, d1)>
#map2 = affine_map<(d0, d1) -> (d1)>
#map3 = affine_map<(d0, d1) -> (d0)>
#map4 = affine_map<(d0, d1) -> (d0, 0)>
module {
  func.func @net(%arg0: tensor<?x3x8x8xf32>) -> tensor<?x5xf32> {
    %cst = arith.constant dense<[-0.0699598417, -0.165663123, -0.17834647, 0.234490246, -0.0169042982]> : tensor<5xf32>
    %c0_i64 = arith.constant 0 : i64
    %c0 = arith.constant 0 : index
    %cst_0 = arith.constant 0.000000e+00 : f32
    %cst_1 = arith.constant 0xFF800000 : f32
    %cst_2 = arith.constant 1.000000e+00 : f32
    %cst_3 = arith.constant dense<"0xC8E2923D1A648BBD4E38833D2EA95BBEF089733E6671AEBE0BD654BEC20E413D88CB953E50D7633D2C164BBDE2ED91BEA0B11CBD174482BB3E1DAD3E8FD2FE3D41949CBECC8ACF3ECACBA1BD041D34BE9705973E280A23BCF47C96BDBF3A333D81082D3E6D6F4B3E1BD28CBEFEA4CC3ED1EA413E1D529BBD5BA927BE297446BEAB24CA3CB7B604BE6DA51CBE1825263EA853953DCC9DA1BDB85F163E03058C3E212760BEBD1BF7BD880C413E313D133E32B6393D59106E3EA3DD5EBEB67697BEF17531BEB8C6C83CE00923BE8790C7BD16AE47BEB620FEBDCAC74DBEA083963D2FCB223E68CAC4BDCACA29BDAEFDEDBDBA99D93DCFE8913CDE3DA33E495A60BE247B943DDFDBB53DE4A293BDFD03EF3D024E93BE26F7D83EE46C89BE64603C3E1E9B65BE6BB36B3E7B9A9DBDB1C7013DFCCB2E3C2B6E613EB2B483BD78EB17BFF8A81BBE447F163D706AB4BDC9A81D3E60F04F3EFD1BF2BC298A98BE0FBD8D3E32CF5D3EEE1875BD84E3D73E3EE68EBDD3E168BE0F62FFBC87BD5C3E8FFD3FBE32CEC73ECB9B37BE3777433E0503DF3D3768FCBC0C4B5D3E539499BEEE038B3E09AE50BC752EDEBD4C6E193E3C11593E73A71D3ECBBFCC3E2C555D3E5B6E833ED620DDBD4F87AE3C0199E63D118D68BB7E19773D5388AE3DB2E62C3EDC79A6BC"> : tensor<5x24xf32>
    %cst_4 = arith.constant dense<[0.0135138417, -0.0582565814, 0.0588084273, -0.301954508, 0.128838107, -0.0459864959]> : tensor<6xf32>
    %cst_5 = arith.constant dense<"0x0B0F78BC7692253D9A2A0E3E6A501BBE3182913E3AB4143EE4CB2C3E6C906E3E4E4C213E08DE2C3E84B4773C051A92BE0542DDBCBB981DBE52B091BE7BB9533DBBE0E8BD69E752BE4C9B55BE24E35B3D7BE9923D6E6B873EE16136BB695E553E88978F3ECE8D6B3E0635F2BE6AA27B3EBD1B8B3DA693AD3D040E983DFFC69C3D02D5823DCA0293BD3ABAC2BE2672B2BCB29A24BEAC375D3EBA8E6CBD1AC4883CD2FF2DBEA626D1BD892A17BB381A98BE3D52763DEDC9ADBCDED572BE3C94F5BE6A25D23DE5C773BD6917D9BD377541BDD401BA3E153023BCC1EA8D3CB94698BE01B0A83ECBE63B3E1D825A3EC9361C3C1CBB3B3E98F0973D8929FB3D5A5AF9BC17ED96BE99B5523ECE23C6BE5E8E44BD798B27BDE89355BE9F22FB3D2F1C24BDF7F0B2BD5BEDD43DEF34C3BD473B8E3EBCF48F3D6B49C2BDBD17C7BEF7E985BE3C955E3EC4D125BCA1EF67BDDB44A83EE15783BEACE2EFBD6992C1BDEC29F03D5BE407BE8641FBBD075EA4BEEA5E153EEB18253EB91FC3BDDFCE053DF15D84BE3241C1BD281A8D3E9961DE3CCB94EC3E923721BE3BAFED3D8B2820BD4DC2E73D9E0ABDBAE3DDE5BD1BB031BE28FB1C3FBD717DBC8D81CEBE5AD504BECFDC0A3EAFCDCCBD484F8B3E8A4A4D3E7497F9BC6E6BC1BD83C84DBE685A0FBE90D996BE0DA9763E44E3A23EE8A080BE380272BE7A18B5BEB86545BE610B1FBF51F069BEDCCD843E64968DBDD3042F3E1F48C8BDD64AB43E0A33233DD8779CBD22AF023F57E784BD461B7ABE9967253D6282FEBB1E625A3E29C03CBE58CE243E94A42E3E0BBE08BEC0BA053D54232ABEF335F03E313510BE4C94B9BD9C485ABE72C58DBD59099ABA433E1D3E2A0EFABD9F2F18BD6B0C91BEB57329BEEC180D3F223F553E200920BE11F388BEA3CC47BE39278EBB9097E33BEF7118BEC7BE83BECDA6913EA702B93D4E6C99BD02C434BD4BE5D8BD565316BF1680BD3C5C3F5BBE89594DBE312003BEB3F9153E87B96FBED4DE92BEAD0A033EA87E1A3EBE6344BEAC5BE63DC1E76EBD8DD1763D511F81BEA8932A3E6C6D763EFC78023E30B2E43DF72341BF0582553D28C2A6BB5BEBF0BC732401BE826B353CA4CDA83D631858BD0FC7BDBD84DA7B3E126162BECDF9523E43D8103DC8B824BE9D8D6DBD296A3CBED3400A3E25808E3D5010E4BDFCBB61BE732A773D9412443E6D82BABC705BAB3D4E059ABD"> : tensor<6x4x3x3xf32>
    %cst_6 = arith.constant dense<[-0.450028241, 0.0772739202, -0.116328165, 0.0218559392]> : tensor<4xf32>
    %cst_7 = arith.constant dense<"0x14FFCD3CCC70D8BC9728033E4CDEAB3C0169DBBDFD1B943D9487853E52F6413EFE1F10BE449481BE104BFFBDBE6A073C4915EEBEF03B33BD9E297FBEE6F715BEB1EDDEBD7A8E81BD979AA83DBA81553E5897D2BC05ED8B3E5C3B08BE81FA8F3DDC07393E9E079A3CC64418BEF5C43CBE087CBBBD4462343D12C54EBE4C5B2BBDE86F02BDC587DD3D48D92F3D888F913D73E705BEE65BD4BCE58E203E67ED983EA6ED80BE9A069B3E51D1893E3803203E5EA4583D319580BD234D953EFFBAC83EC77CB83EA8AA863E0D62923DB27677BE5D8669BA3172063E9FED83BE8DD7A13D7A12B03DAF8C0E3EE28172BE468407BE8DC3B2BD4F936FBE7C1CB23E0220CBBDF7BE863D98D253BDCB25A23E7934873EEBB5013EB0A3E1BE117D2A3CD9040C3E809C4D3E4018FDBDEF92BA3E4E3687BE1F7B07BE8C7F3F3EFEBD203C850BCD3E576F1A3D9BAD01BE67A69ABD7B775FBE9ED582BEB81B013EA70BEE3D1590843E138B1ABEF0F6AC3E926D6BBD2B38A13EE344B1BD82A016BECA9F4C3DD93D533E28E6033D26D5EFBD455789BE03848FBE1EE6CD3D77B14A3E139706BDA9075CBE8DCC323EC21C83BE4E0912BE715EFE3D"> : tensor<4x3x3x3xf32>
    %dim = tensor.dim %arg0, %c0 : tensor<?x3x8x8xf32>
    %padded = tensor.pad %arg0 low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb0(%arg1: index, %arg2: index, %arg3: index, %arg4: index):
      tensor.yield %cst_0 : f32
    } : tensor<?x3x8x8xf32> to tensor<?x3x10x10xf32>
    %0 = tensor.empty(%dim) : tensor<?x4x8x8xf32>
    %broadcasted = linalg.broadcast ins(%cst_6 : tensor<4xf32>) outs(%0 : tensor<?x4x8x8xf32>) dimensions = [0, 2, 3]
    %1 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%padded, %cst_7 : tensor<?x3x10x10xf32>, tensor<4x3x3x3xf32>) outs(%broadcasted : tensor<?x4x8x8xf32>) -> tensor<?x4x8x8xf32>
    %2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%1 : tensor<?x4x8x8xf32>) outs(%0 : tensor<?x4x8x8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %27 = arith.cmpf ugt, %in, %cst_0 : f32
      %28 = arith.select %27, %in, %cst_0 : f32
      linalg.yield %28 : f32
    } -> tensor<?x4x8x8xf32>
    %3 = tensor.empty(%dim) : tensor<?x4x4x4xf32>
    %4 = linalg.fill ins(%cst_1 : f32) outs(%3 : tensor<?x4x4x4xf32>) -> tensor<?x4x4x4xf32>
    %5 = tensor.empty() : tensor<2x2xf32>
    %6 = linalg.pooling_nchw_max {dilations = dense<1> : vector<2xi64>, strides = dense<2> : vector<2xi64>} ins(%2, %5 : tensor<?x4x8x8xf32>, tensor<2x2xf32>) outs(%4 : tensor<?x4x4x4xf32>) -> tensor<?x4x4x4xf32>
    %7 = tensor.empty(%dim) : tensor<?x6x2x2xf32>
    %broadcasted_8 = linalg.broadcast ins(%cst_4 : tensor<6xf32>) outs(%7 : tensor<?x6x2x2xf32>) dimensions = [0, 2, 3]
    %8 = linalg.conv_2d_nchw_fchw {dilations = dense<1> : vector<2xi64>, strides = dense<1> : vector<2xi64>} ins(%6, %cst_5 : tensor<?x4x4x4xf32>, tensor<6x4x3x3xf32>) outs(%broadcasted_8 : tensor<?x6x2x2xf32>) -> tensor<?x6x2x2xf32>
    %9 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8 : tensor<?x6x2x2xf32>) outs(%7 : tensor<?x6x2x2xf32>) {
    ^bb0(%in: f32, %out: f32):
      %27 = arith.negf %in : f32
      %28 = math.exp %27 : f32
      %29 = arith.addf %28, %cst_2 : f32
      %30 = arith.divf %cst_2, %29 : f32
      linalg.yield %30 : f32
    } -> tensor<?x6x2x2xf32>
    %10 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%8, %9 : tensor<?x6x2x2xf32>, tensor<?x6x2x2xf32>) outs(%7 : tensor<?x6x2x2xf32>) {
    ^bb0(%in: f32, %in_9: f32, %out: f32):
      %27 = arith.mulf %in, %in_9 : f32
      linalg.yield %27 : f32
    } -> tensor<?x6x2x2xf32>
    %collapsed = tensor.collapse_shape %10 [[0], [1, 2, 3]] : tensor<?x6x2x2xf32> into tensor<?x24xf32>
    %11 = tensor.empty() : tensor<24x5xf32>
    %transposed = linalg.transpose ins(%cst_3 : tensor<5x24xf32>) outs(%11 : tensor<24x5xf32>) permutation = [1, 0]
    %12 = tensor.empty(%dim) : tensor<?x5xf32>
    %13 = linalg.fill ins(%cst_0 : f32) outs(%12 : tensor<?x5xf32>) -> tensor<?x5xf32>
    %14 = linalg.matmul ins(%collapsed, %transposed : tensor<?x24xf32>, tensor<24x5xf32>) outs(%13 : tensor<?x5xf32>) -> tensor<?x5xf32>
    %15 = linalg.generic {indexing_maps = [#map1, #map2, #map1], iterator_types = ["parallel", "parallel"]} ins(%14, %cst : tensor<?x5xf32>, tensor<5xf32>) outs(%12 : tensor<?x5xf32>) {
    ^bb0(%in: f32, %in_9: f32, %out: f32):
      %27 = arith.addf %in, %in_9 : f32
      linalg.yield %27 : f32
    } -> tensor<?x5xf32>
    %16 = tensor.empty(%dim) : tensor<?xi64>
    %17 = linalg.fill ins(%c0_i64 : i64) outs(%16 : tensor<?xi64>) -> tensor<?xi64>
    %18 = tensor.empty(%dim) : tensor<?xf32>
    %19 = linalg.fill ins(%cst_1 : f32) outs(%18 : tensor<?xf32>) -> tensor<?xf32>
    %20:2 = linalg.generic {indexing_maps = [#map1, #map3, #map3], iterator_types = ["parallel", "reduction"]} ins(%15 : tensor<?x5xf32>) outs(%19, %17 : tensor<?xf32>, tensor<?xi64>) {
    ^bb0(%in: f32, %out: f32, %out_9: i64):
      %27 = linalg.index 1 : index
      %28 = arith.index_cast %27 : index to i64
      %29 = arith.maximumf %in, %out : f32
      %30 = arith.cmpf ogt, %in, %out : f32
      %31 = arith.select %30, %28, %out_9 : i64
      linalg.yield %29, %31 : f32, i64
    } -> (tensor<?xf32>, tensor<?xi64>)
    %expanded = tensor.expand_shape %20#0 [[0, 1]] output_shape [%dim, 1] : tensor<?xf32> into tensor<?x1xf32>
    %21 = linalg.generic {indexing_maps = [#map1, #map4, #map1], iterator_types = ["parallel", "parallel"]} ins(%15, %expanded : tensor<?x5xf32>, tensor<?x1xf32>) outs(%12 : tensor<?x5xf32>) {
    ^bb0(%in: f32, %in_9: f32, %out: f32):
      %27 = arith.subf %in, %in_9 : f32
      linalg.yield %27 : f32
    } -> tensor<?x5xf32>
    %22 = linalg.generic {indexing_maps = [#map1, #map1], iterator_types = ["parallel", "parallel"]} ins(%21 : tensor<?x5xf32>) outs(%12 : tensor<?x5xf32>) {
    ^bb0(%in: f32, %out: f32):
      %27 = math.exp %in : f32
      linalg.yield %27 : f32
    } -> tensor<?x5xf32>
    %23 = tensor.empty(%dim) : tensor<?x1xf32>
    %24 = linalg.fill ins(%cst_0 : f32) outs(%23 : tensor<?x1xf32>) -> tensor<?x1xf32>
    %25 = linalg.generic {indexing_maps = [#map1, #map4], iterator_types = ["parallel", "reduction"]} ins(%22 : tensor<?x5xf32>) outs(%24 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %27 = arith.addf %in, %out : f32
      linalg.yield %27 : f32
    } -> tensor<?x1xf32>
    %26 = linalg.generic {indexing_maps = [#map1, #map4, #map1], iterator_types = ["parallel", "parallel"]} ins(%22, %25 : tensor<?x5xf32>, tensor<?x1xf32>) outs(%12 : tensor<?x5xf32>) {
    ^bb0(%in: f32, %in_9: f32, %out: f32):
      %27 = arith.divf %in, %in_9 : f32
      linalg.yield %27 : f32
    } -> tensor<?x5xf32>
    return %26 : tensor<?x5xf32>
  }
}

